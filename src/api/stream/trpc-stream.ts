import type { IncomingMessage, ServerResponse } from 'node:http';
import { getTRPCErrorShape, transformTRPCResponse } from '@trpc/server';
import superjson from 'superjson';
import { AppError } from '#domain/errors.ts';
import { parseInput } from '#domain/issues.ts';
import { noteCaller } from '#platform/request-scope.ts';
import { toAppError } from '../rest/errors.ts';
import { router, type TrpcContext, toTrpcError } from '../trpc/init.ts';
import type { StreamDeps } from './deps.ts';
import { followInput } from './follow-input.ts';
import { recheck } from './recheck.ts';
import { beginStream, endStreamWith, headersOf, lastEventIdOf, sendJson } from './stream-response.ts';
import { trpcErrorFrame, trpcFormat } from './trpc-format.ts';

const PROCEDURE = 'live.activities';
const { _config: config } = router({})._def;

/** Serves live.activities to httpSubscriptionLink. */
export async function serveTrpcStream(
  req: IncomingMessage,
  res: ServerResponse,
  url: URL,
  deps: StreamDeps,
): Promise<void> {
  const { services, authenticate } = deps;
  const headers = headersOf(req, url);
  const format = trpcFormat(services.live.heartbeatMs);
  try {
    const principal = await authenticate(headers);
    if (!principal) throw new AppError('UNAUTHENTICATED', { error: 'Unauthorized' });
    noteCaller(principal);
    services.access.limitRate(principal);
    const input = parseInput(followInput, readInput(url));
    const lastEventId = lastEventIdOf(headers, url) ?? input.lastEventId;
    beginStream(res, await services.live.admit({ principal, feeds: input.feeds, lastEventId }), format);
    await recheck(deps, headers, principal);
  } catch (thrown) {
    const error = toAppError(thrown);
    const requestId = headers.get('x-request-id') ?? '';
    if (error.status >= 500) services.log.warn({ err: thrown, requestId }, 'a live subscription was not opened');
    const ctx: TrpcContext = { services, principal: null, requestId, headers, resHeaders: new Headers() };
    const shape = getTRPCErrorShape({
      config,
      ctx,
      error: toTrpcError(error),
      type: 'subscription',
      path: PROCEDURE,
      input: undefined,
    });
    // An EventSource shows its page no body but that of a stream: there the client learns why, and that it is final.
    const isFinal = error.status < 500 && !error.retryable;
    if (isFinal && headers.get('accept')?.includes('text/event-stream')) {
      endStreamWith(res, Buffer.concat([format.opening(), trpcErrorFrame(shape)]));
    } else {
      sendJson(res, error.status, transformTRPCResponse(config, { error: shape }), error.retryAfter);
    }
  }
}

/** The input as tRPC's clients put it into the address; without one, everything from now on. */
function readInput(url: URL): unknown {
  const text = url.searchParams.get('input');
  if (text === null) return {};
  try {
    return superjson.deserialize(JSON.parse(text)) ?? {};
  } catch (cause) {
    throw new AppError('INVALID_JSON', { message: 'The input in the address is not valid JSON.', cause });
  }
}
