import { AppError } from '#domain/errors.ts';
import type { Principal } from '#domain/principal.ts';
import { noteCaller } from '#platform/request-scope.ts';
import { toAppError } from '../rest/errors.ts';
import type { Services } from '../services.ts';
import { type TrpcContext, toTrpcError } from './init.ts';

/** What may be read by somebody who was signed in when the database could last be asked. */
const HEALTH_PATH = '/api/trpc/health.report';

/** Procedures that one request may name. The web app sends no more at once (web/trpc/provider.tsx). */
const MAX_BATCH = 50;

function assertBatch(calls: number): void {
  if (calls <= MAX_BATCH) return;
  const message = `names ${calls} procedures in one batch; send at most ${MAX_BATCH} at once`;
  throw new AppError('INVALID_INPUT', { issues: [{ path: '', message }] });
}

async function whoAsks({ access }: Services, request: Request): Promise<Principal | null> {
  try {
    return await access.authenticate(request.headers);
  } catch (error) {
    const isReadable = request.method === 'GET' && new URL(request.url).pathname === HEALTH_PATH;
    const isAway = toAppError(error).code === 'UNAVAILABLE';
    const known = isReadable && isAway ? await access.lastKnown(request.headers) : undefined;
    if (known) return known;
    throw error;
  }
}

/**
 * Who calls, once for all `calls` to procedures of a request: each of them costs of his rate. Calls that change something must come from our own pages. Who has to
 * change his password first is nobody here: session.current tells him so, all others answer with the refusal.
 */
export async function createContext(
  services: Services,
  request: Request,
  resHeaders: Headers,
  requestId: string,
  calls: number,
): Promise<TrpcContext> {
  const common = { services, requestId, headers: request.headers, resHeaders };
  try {
    assertBatch(calls);
    const principal = await whoAsks(services, request);
    if (principal?.kind === 'user') services.access.assertSameOrigin(request.headers, request.method);
    if (principal) {
      noteCaller(principal);
      services.access.limitRate(principal, calls);
    }
    return { ...common, principal };
  } catch (thrown) {
    const refusal = toAppError(thrown);
    if (refusal.code === 'PASSWORD_CHANGE_REQUIRED') return { ...common, principal: null, refusal };
    if (refusal.retryAfter !== undefined) resHeaders.set('Retry-After', String(Math.ceil(refusal.retryAfter)));
    throw toTrpcError(refusal);
  }
}
