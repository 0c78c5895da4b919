import { noteCaller } from '#platform/request-scope.ts';
import { toAppError } from '../rest/errors.ts';
import type { Services } from '../services.ts';
import { type TrpcContext, toTrpcError } from './init.ts';

/** Who calls, once for all procedures of a request. Calls that change something must come from our own pages. */
export async function createContext(
  services: Services,
  request: Request,
  resHeaders: Headers,
  requestId: string,
): Promise<TrpcContext> {
  try {
    const principal = await services.access.authenticate(request.headers);
    if (principal?.kind === 'user') services.access.assertSameOrigin(request.headers, request.method);
    if (principal) {
      noteCaller(principal);
      services.access.limitRate(principal);
    }
    return { services, principal, requestId, headers: request.headers, resHeaders };
  } catch (error) {
    throw toTrpcError(toAppError(error));
  }
}
