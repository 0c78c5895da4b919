import { z } from 'zod';
import { toSubmission } from '#doors/lead/log-activity.ts';
import { logBatch } from '#doors/lead/log-batch.ts';
import { batchBody, contextOf } from '../../rest/ingest.ts';
import { permitted, router } from '../init.ts';

/** The REST bridge's two calls, over tRPC. Bodies are judged by the same door. */
export const ingestRouter = router({
  log: permitted('activity:write')
    .input(z.record(z.string(), z.unknown()))
    .mutation(({ ctx, input }) => ctx.services.ingest.accept(toSubmission(input, contextOf(ctx.principal)))),
  logBatch: permitted('activity:write')
    .input(z.object({ events: z.array(z.unknown()), dryRun: z.boolean().default(false) }))
    .mutation(async ({ ctx, input }) => {
      const options = { ...contextOf(ctx.principal), dryRun: input.dryRun };
      return batchBody(await logBatch(ctx.services.ingest, input, options), input.dryRun, ctx.requestId);
    }),
});
