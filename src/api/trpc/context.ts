import type { Principal } from '#domain/principal.ts';
import { noteCaller } from '#platform/request-scope.ts';
import { toAppError } from '../rest/errors.ts';
import type { Services } from '../services.ts';
import { type TrpcContext, toTrpcError } from './init.ts';

/** What may be read by somebody who was signed in when the database could last be asked. */
const HEALTH_PATH = '/api/trpc/health.report';

async function whoAsks({ access }: Services, request: Request): Promise<Principal | null> {
  try {
    return await access.authenticate(request.headers);
  } catch (error) {
    const isReadable = request.method === 'GET' && new URL(request.url).pathname === HEALTH_PATH;
    const known =
      isReadable && toAppError(error).code === 'UNAVAILABLE' ? access.lastKnown(request.headers) : undefined;
    if (known) return known;
    throw error;
  }
}

/**
 * Who calls, once for all procedures of a request. Calls that change something must come from our own pages. Who has to
 * change his password first is nobody here: session.current tells him so, all others answer with the refusal.
 */
export async function createContext(
  services: Services,
  request: Request,
  resHeaders: Headers,
  requestId: string,
): Promise<TrpcContext> {
  const common = { services, requestId, headers: request.headers, resHeaders };
  try {
    const principal = await whoAsks(services, request);
    if (principal?.kind === 'user') services.access.assertSameOrigin(request.headers, request.method);
    if (principal) {
      noteCaller(principal);
      services.access.limitRate(principal);
    }
    return { ...common, principal };
  } catch (thrown) {
    const refusal = toAppError(thrown);
    if (refusal.code === 'PASSWORD_CHANGE_REQUIRED') return { ...common, principal: null, refusal };
    throw toTrpcError(refusal);
  }
}
