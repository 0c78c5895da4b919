import { z } from 'zod';
import { customTypeInput } from '#domain/catalogue/custom-type.ts';
import type { ActivityType } from '#domain/catalogue/index.ts';
import { storableText } from '#domain/text.ts';
import { permitted, router, signedIn } from '../init.ts';

/** What a page needs to show a type: the catalogue without its functions. */
function toView({ name, category, door, label, icon, colour, custom }: ActivityType) {
  return { name, category, door, label, icon, colour, custom };
}

/** The catalogue of event types, and the workspace's own. */
export const typesRouter = router({
  list: signedIn.query(async ({ ctx }) => (await ctx.services.types.list(ctx.principal.workspaceId)).map(toView)),
  /** Also replays what waits in quarantine for this type: `replaying` says how many events. */
  register: permitted('types:write')
    .input(customTypeInput)
    .mutation(async ({ ctx, input }) => {
      const createdBy = ctx.principal.kind === 'user' ? ctx.principal.userId : undefined;
      const type = await ctx.services.types.register(ctx.principal.workspaceId, input, createdBy);
      const replay = await ctx.services.retryQueue.typeRegistered(ctx.principal, type.name);
      return { ...toView(type), replaying: replay?.total ?? 0 };
    }),
  remove: permitted('types:write')
    .input(z.object({ name: storableText(100) }))
    .mutation(({ ctx, input }) => ctx.services.types.remove(ctx.principal.workspaceId, input.name)),
});
