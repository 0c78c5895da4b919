import { z } from 'zod';
import { permitted, router } from '../init.ts';

const read = permitted('ops:read');

/** Whether logging works: the process as a whole, and the sources of the current workspace. */
export const healthRouter = router({
  report: read.query(({ ctx }) => ctx.services.health.report(ctx.principal.workspaceId)),
  sources: read.query(({ ctx }) => ctx.services.health.sources(ctx.principal.workspaceId)),
  incidents: read
    .input(z.object({ limit: z.int().min(1).max(200).default(30) }).prefault({}))
    .query(({ ctx, input }) => ctx.services.health.incidents(input.limit)),
});
