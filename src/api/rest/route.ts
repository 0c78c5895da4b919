import { createRoute, type OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { ERRORS, type ErrorCode } from '#domain/errors.ts';
import { forbidden } from '#domain/forbidden.ts';
import { may, type Principal } from '#domain/principal.ts';
import type { Permission } from '#domain/roles.ts';
import type { Services } from '../services.ts';

/** What every REST handler finds in `c.var`. */
export interface RestEnv {
  Variables: { services: Services; principal: Principal; requestId: string };
}

export type RestApp = OpenAPIHono<RestEnv>;

/** The one shape of an error answer, for the OpenAPI document. */
export const errorBodySchema = z
  .object({
    error: z.string().openapi({ description: 'The sentence; where an older interface had one of its own, that one.' }),
    code: z.enum(Object.keys(ERRORS)),
    message: z.string(),
    issues: z.array(z.object({ path: z.string(), message: z.string() })),
    requestId: z.string(),
    status: z
      .literal('quarantined')
      .optional()
      .openapi({ description: 'The event was refused and is kept: an operator can correct and replay it.' }),
    quarantineId: z.uuid().optional().openapi({ description: 'Under which id it waits in the retry queue.' }),
  })
  .openapi('Error');

type ErrorStatus = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 429 | 503;

/** OpenAPI entries for the errors a route can answer with. */
export function errorResponses(...codes: readonly ErrorCode[]) {
  const entries = new Map<number, string[]>();
  for (const code of [...codes, 'UNAUTHENTICATED', 'FORBIDDEN', 'PASSWORD_CHANGE_REQUIRED', 'RATE_LIMITED'] as const) {
    const { status } = ERRORS[code];
    entries.set(status, [...(entries.get(status) ?? []), `${code}: ${ERRORS[code].message}`]);
  }
  return Object.fromEntries(
    [...entries].map(([status, sentences]) => [
      status,
      { description: sentences.join(' '), content: { 'application/json': { schema: errorBodySchema } } },
    ]),
  ) as Record<
    ErrorStatus,
    { description: string; content: { 'application/json': { schema: typeof errorBodySchema } } }
  >;
}

/** Any one of these proves who asks. */
const SECURITY: Record<string, string[]>[] = [{ apiKey: [] }, { bearer: [] }, { session: [] }];

/** The permission a route declared, by `METHOD path`: what the permission test walks. */
export const routePermissions = new Map<string, Permission>();

/**
 * A route of the REST interface: createRoute plus the permission it needs. Authentication has happened before (see
 * app.ts); this adds the check.
 */
export function defineRoute<
  P extends string,
  R extends Omit<RouteConfig, 'path'> & { path: P; permission: Permission },
>(config: R) {
  const { permission, ...route } = config;
  routePermissions.set(`${route.method.toUpperCase()} ${route.path}`, permission);
  const check: MiddlewareHandler<RestEnv> = async (c, next) => {
    if (!may(c.var.principal, permission)) throw forbidden(c.var.principal, permission);
    await next();
  };
  return createRoute({
    ...(route as Omit<R, 'permission'>),
    security: SECURITY,
    middleware: check,
  });
}
