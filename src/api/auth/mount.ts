import type { IncomingMessage } from 'node:http';
import type { Hono } from 'hono';
import type { RestEnv } from '../rest/route.ts';
import type { Services } from '../services.ts';

/**
 * Sign-in, sign-out and change of password under /api/auth. They are no REST routes: who calls them is nobody yet, so
 * they need no permission; access limits the attempts by the address of the socket.
 */
export function mountAuth(api: Hono<RestEnv>, { access }: Services): void {
  api.all('/api/auth/*', (c) => access.authHandler(c.req.raw, socketAddress(c.env)));
}

/** The peer of the socket; undefined for a request that came by none, as in tests. */
function socketAddress(env: unknown): string | undefined {
  return isNodeEnv(env) ? env.incoming.socket.remoteAddress : undefined;
}

function isNodeEnv(env: unknown): env is { readonly incoming: IncomingMessage } {
  return typeof env === 'object' && env !== null && 'incoming' in env;
}
