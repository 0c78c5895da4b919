import { z } from 'zod';
import { permitted, router } from '../init.ts';

/** Live demo traffic, for those who want to see the feed move. CONFLICT outside a demo workspace. */
export const demoRouter = router({
  status: permitted('activity:read').query(({ ctx }) => ctx.services.demo.status()),
  play: permitted('workspace:manage')
    .input(z.object({ minutes: z.number().int().min(1).max(60).default(5) }))
    .mutation(({ ctx, input }) =>
      ctx.services.demo.play({ workspaceId: ctx.principal.workspaceId, minutes: input.minutes }),
    ),
  stop: permitted('workspace:manage').mutation(({ ctx }) => ctx.services.demo.stopPlaying()),
});
