import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { Hono } from 'hono';
import { routePath } from 'hono/route';
import { LIMITS } from '#doors/lead/log-activity.ts';
import { noteRoute } from '#platform/request-scope.ts';
import { mountAuth } from '../auth/mount.ts';
import { createRest } from '../rest/app.ts';
import { bounded } from '../rest/body.ts';
import { toAppError } from '../rest/errors.ts';
import { answerNoRoute } from '../rest/no-route.ts';
import type { RestEnv } from '../rest/route.ts';
import type { Services } from '../services.ts';
import { createContext } from '../trpc/context.ts';
import { appRouter } from '../trpc/router.ts';
import { UNMATCHED } from './observe.ts';

const TRPC_PATH = '/api/trpc';

/** The procedures that a call names, those that there are; a batch is counted as one. */
function procedureRoute(path: string): [route: string, group?: string] {
  const names = path.slice(TRPC_PATH.length + 1).split(',');
  if (!names.every((name) => Object.hasOwn(appRouter._def.procedures, name))) return [`${TRPC_PATH}/${UNMATCHED}`];
  return names.length === 1
    ? [`${TRPC_PATH}/${names[0]}`]
    : [`${TRPC_PATH}/${names.join(',')}`, `${TRPC_PATH}/(batch)`];
}

/** Everything under /api except live streams: sign-in, tRPC, REST. */
export function createApi(services: Services): Hono<RestEnv> {
  const api = new Hono<RestEnv>();
  api.use(async (c, next) => {
    c.set('services', services);
    c.set('requestId', c.req.header('x-request-id') ?? '');
    await next();
    const { path } = c.req;
    const route = path.startsWith('/api/auth/') ? '/api/auth/*' : routePath(c, -1);
    if (path.startsWith(`${TRPC_PATH}/`)) noteRoute(...procedureRoute(path));
    else if (c.res.status !== 404 || !route.endsWith('/*')) noteRoute(route);
  });
  api.onError((thrown, c) => {
    const error = toAppError(thrown);
    if (error.status >= 500) services.log.error({ err: thrown, requestId: c.var.requestId }, 'request failed');
    if (error.retryAfter !== undefined) c.header('Retry-After', String(Math.ceil(error.retryAfter)));
    return c.json(error.toBody(c.var.requestId), { status: error.status } as never);
  });
  api.notFound(answerNoRoute);

  mountAuth(api, services);
  api.all(`${TRPC_PATH}/*`, (c) =>
    fetchRequestHandler({
      endpoint: TRPC_PATH,
      req: bounded(c.req.raw, LIMITS.batchBytes),
      router: appRouter,
      allowBatching: true,
      createContext: ({ resHeaders, info }) =>
        createContext(services, c.req.raw, resHeaders, c.var.requestId, info.calls.length),
    }),
  );
  api.route('/', createRest(services));
  return api;
}
