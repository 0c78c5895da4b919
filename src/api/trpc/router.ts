import { router } from './init.ts';
import { alertsRouter } from './routers/alerts.ts';
import { campaignsRouter } from './routers/campaigns.ts';
import { demoRouter } from './routers/demo.ts';
import { healthRouter } from './routers/health.ts';
import { importsRouter, parityRouter } from './routers/imports.ts';
import { ingestRouter } from './routers/ingest.ts';
import { keysRouter } from './routers/keys.ts';
import { leadsRouter } from './routers/leads.ts';
import { liveRouter } from './routers/live.ts';
import { membersRouter } from './routers/members.ts';
import { retryQueueRouter } from './routers/retry-queue.ts';
import { searchRouter } from './routers/search.ts';
import { sessionRouter } from './routers/session.ts';
import { timelineRouter } from './routers/timeline.ts';
import { typesRouter } from './routers/types.ts';
import { workspacesRouter } from './routers/workspaces.ts';

/** Everything the web app can ask, noun by noun. */
export const appRouter = router({
  session: sessionRouter,
  workspaces: workspacesRouter,
  members: membersRouter,
  keys: keysRouter,
  types: typesRouter,
  ingest: ingestRouter,
  search: searchRouter,
  timeline: timelineRouter,
  leads: leadsRouter,
  campaigns: campaignsRouter,
  retryQueue: retryQueueRouter,
  imports: importsRouter,
  parity: parityRouter,
  alerts: alertsRouter,
  health: healthRouter,
  live: liveRouter,
  demo: demoRouter,
});

export type AppRouter = typeof appRouter;
