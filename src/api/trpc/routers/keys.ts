import { z } from 'zod';
import { KEY_SCOPES } from '#domain/roles.ts';
import { storableText } from '#domain/text.ts';
import { asPerson } from '../../auth/person.ts';
import { permitted, router } from '../init.ts';

const MAX_OVERLAP_HOURS = 30 * 24;

const key = z.object({ id: z.uuid() });
const scopes = z
  .array(z.enum(KEY_SCOPES))
  .min(1)
  .transform((given) => KEY_SCOPES.filter((scope) => given.includes(scope)));

/** The service keys of the current workspace. A secret is in the answer that creates it and nowhere else. */
export const keysRouter = router({
  list: permitted('keys:manage').query(({ ctx }) => ctx.services.access.keys.list(ctx.principal.workspaceId)),

  create: permitted('keys:manage')
    .input(
      z.object({
        name: storableText(100).min(1),
        scopes,
        expiresAt: z.iso
          .datetime({ offset: true })
          .transform((text) => new Date(text))
          .optional(),
      }),
    )
    .mutation(({ ctx, input }) => ctx.services.access.keys.create(asPerson(ctx.principal), input)),

  rotate: permitted('keys:manage')
    .input(key.extend({ overlapHours: z.number().min(0).max(MAX_OVERLAP_HOURS).default(24) }))
    .mutation(({ ctx, input }) =>
      ctx.services.access.keys.rotate(asPerson(ctx.principal), input.id, input.overlapHours),
    ),

  revoke: permitted('keys:manage')
    .input(key)
    .mutation(({ ctx, input }) => ctx.services.access.keys.revoke(asPerson(ctx.principal), input.id)),
});
