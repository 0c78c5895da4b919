import { z } from 'zod';
import { activityFilter, pageRequest } from '#domain/filter.ts';
import { permitted, router } from '../init.ts';

const { types, categories, search } = activityFilter.shape;

/** What happened to one lead, newest first. */
export const timelineRouter = router({
  lead: permitted('timeline:read')
    .input(
      z.object({
        leadId: z.uuid(),
        types,
        categories,
        search,
        cursor: pageRequest.shape.cursor,
        limit: pageRequest.shape.limit.unwrap().default(100),
      }),
    )
    .query(({ ctx, input }) => ctx.services.query.timeline(ctx.principal.workspaceId, input)),
});
