import { z } from 'zod';
import { activityFilter, pageRequest } from '#domain/filter.ts';
import { permitted, router } from '../init.ts';

const read = permitted('activity:read');

/** The admin's feed: what a filter shows, page by page. */
export const searchRouter = router({
  activities: read
    .input(z.object({ filter: activityFilter.default({}), page: pageRequest.prefault({}) }))
    .query(({ ctx, input }) => ctx.services.query.feed(ctx.principal.workspaceId, input.filter, input.page)),
  sources: read.query(({ ctx }) => ctx.services.query.sources(ctx.principal.workspaceId)),
});
