import type { MiddlewareHandler } from 'hono';
import { AppError } from '#domain/errors.ts';
import { noteCaller } from '#platform/request-scope.ts';
import type { Services } from '../services.ts';
import type { RestEnv } from './route.ts';

/** Who asks? Nobody gets past here without a session or a key, within his rate, and from our own pages when by cookie. */
export function authenticate({ access }: Services): MiddlewareHandler<RestEnv> {
  return async (c, next) => {
    const principal = await access.authenticate(c.req.raw.headers);
    if (!principal) throw new AppError('UNAUTHENTICATED', { error: 'Unauthorized' });
    if (principal.kind === 'user') access.assertSameOrigin(c.req.raw.headers, c.req.method);
    noteCaller(principal);
    access.limitRate(principal);
    c.set('principal', principal);
    await next();
  };
}
