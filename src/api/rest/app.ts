import { OpenAPIHono } from '@hono/zod-openapi';
import { AppError } from '#domain/errors.ts';
import { issuesOf } from '#domain/issues.ts';
import type { Services } from '../services.ts';
import { registerActivityLogs } from './activity-logs.ts';
import { registerAlerts } from './alerts.ts';
import { authenticate } from './authenticate.ts';
import { registerCampaigns } from './campaigns.ts';
import { registerDocs } from './docs.ts';
import { toAppError } from './errors.ts';
import { registerHealth } from './health.ts';
import { registerImports } from './imports.ts';
import { registerIngest } from './ingest.ts';
import { registerLeadActivity } from './lead-activity.ts';
import { registerLeads } from './leads.ts';
import { answerNoRoute } from './no-route.ts';
import { registerRetryQueue } from './retry-queue.ts';
import type { RestApp, RestEnv } from './route.ts';

/** The REST interface: every route under /api that is not tRPC, a stream or sign-in. */
export function createRest(services: Services): RestApp {
  const app: RestApp = new OpenAPIHono<RestEnv>({
    defaultHook: (result) => {
      if (!result.success) throw new AppError('INVALID_INPUT', { issues: issuesOf(result.error), cause: result.error });
    },
  });

  app.onError((thrown, c) => {
    const error = toAppError(thrown);
    const requestId = c.var.requestId;
    if (error.status >= 500) services.log.error({ err: thrown, requestId, path: c.req.path }, 'request failed');
    if (error.retryAfter !== undefined) c.header('Retry-After', String(Math.ceil(error.retryAfter)));
    return c.json(error.toBody(requestId), { status: error.status } as never);
  });
  app.notFound(answerNoRoute);

  registerDocs(app);
  app.use('/api/*', authenticate(services));
  registerIngest(app);
  registerActivityLogs(app, services);
  registerLeadActivity(app, services);
  registerLeads(app, services);
  registerCampaigns(app, services);
  registerRetryQueue(app, services);
  registerImports(app, services);
  registerHealth(app, services);
  registerAlerts(app, services);
  return app;
}
