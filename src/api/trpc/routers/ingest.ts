import { z } from 'zod';
import { logBatch } from '#doors/lead/log-batch.ts';
import { logOne } from '#doors/lead/log-one.ts';
import { batchBody, contextOf } from '../../rest/ingest.ts';
import { permitted, router } from '../init.ts';

/** The REST bridge's two calls, over tRPC. Bodies are judged by the same door. */
export const ingestRouter = router({
  log: permitted('activity:write')
    .input(z.record(z.string(), z.unknown()))
    .mutation(({ ctx, input }) => logOne(ctx.services, input, contextOf(ctx.services, ctx.principal))),
  logBatch: permitted('activity:write')
    .input(z.object({ events: z.array(z.unknown()), dryRun: z.boolean().default(false) }))
    .mutation(async ({ ctx, input }) => {
      const options = { ...contextOf(ctx.services, ctx.principal), dryRun: input.dryRun };
      const results = await logBatch(ctx.services, input, options);
      return batchBody(ctx.services, results, input.dryRun, ctx.requestId);
    }),
});
