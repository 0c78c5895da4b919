import { AppError } from '#domain/errors.ts';
import type { Principal, UserPrincipal } from '#domain/principal.ts';

/** For what only people do. @throws AppError FORBIDDEN for a service key, whatever its scopes. */
export function asPerson(principal: Principal): UserPrincipal {
  if (principal.kind === 'user') return principal;
  throw new AppError('FORBIDDEN', { message: 'Only a signed-in person may do this, not a service key.' });
}
