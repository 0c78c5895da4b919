import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '#domain/errors.ts';
import { noteCaller } from '#platform/request-scope.ts';
import { toAppError } from '../rest/errors.ts';
import { toActivityFilter } from '../rest/filter-query.ts';
import type { StreamDeps } from './deps.ts';
import { plainFormat } from './plain-format.ts';
import { recheck } from './recheck.ts';
import { beginStream, headersOf, lastEventIdOf, sendJson } from './stream-response.ts';

/** Serves `GET /api/stream` to any EventSource. */
export async function servePlainStream(
  req: IncomingMessage,
  res: ServerResponse,
  url: URL,
  deps: StreamDeps,
): Promise<void> {
  const { services, authenticate } = deps;
  const headers = headersOf(req, url);
  try {
    if (req.method !== 'GET') throw new AppError('METHOD_NOT_ALLOWED');
    const principal = await authenticate(headers);
    if (!principal) throw new AppError('UNAUTHENTICATED', { error: 'Unauthorized' });
    noteCaller(principal);
    services.access.limitRate(principal);
    const timeZone = await services.query.timeZone(principal.workspaceId);
    const filter = toActivityFilter(url.searchParams, timeZone);
    const after = url.searchParams.get('after') ?? undefined;
    const feeds = [{ id: 'feed', filter, after }];
    const lastEventId = lastEventIdOf(headers, url);
    beginStream(res, await services.live.admit({ principal, feeds, lastEventId }), plainFormat);
    await recheck(deps, headers, principal);
  } catch (thrown) {
    const error = toAppError(thrown);
    const requestId = headers.get('x-request-id') ?? '';
    if (error.status >= 500) services.log.warn({ err: thrown, requestId }, 'a live stream was not opened');
    if (error.code === 'METHOD_NOT_ALLOWED') res.setHeader('Allow', 'GET');
    sendJson(res, error.status, error.toBody(requestId), error.retryAfter);
  }
}
