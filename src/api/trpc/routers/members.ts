import { z } from 'zod';
import { ROLES, WORKSPACE_ROLES } from '#domain/roles.ts';
import { storableText } from '#domain/text.ts';
import { asPerson } from '../../auth/person.ts';
import { permitted, router } from '../init.ts';

const email = z.string().trim().max(254).pipe(z.email());
const member = z.object({ userId: z.uuid() });

/** Who belongs to the current workspace. */
export const membersRouter = router({
  list: permitted('members:manage').query(({ ctx }) => ctx.services.access.members.list(ctx.principal.workspaceId)),

  create: permitted('members:manage')
    .input(z.object({ email, name: storableText(100).min(1), role: z.enum(WORKSPACE_ROLES) }))
    .mutation(({ ctx, input }) => ctx.services.access.members.create(asPerson(ctx.principal), input)),

  /** SUPER_ADMIN is given and taken by super administrators alone. */
  setRole: permitted('members:manage')
    .input(member.extend({ role: z.enum(ROLES) }))
    .mutation(({ ctx, input }) =>
      ctx.services.access.members.setRole(asPerson(ctx.principal), input.userId, input.role),
    ),

  remove: permitted('members:manage')
    .input(member)
    .mutation(({ ctx, input }) => ctx.services.access.members.remove(asPerson(ctx.principal), input.userId)),

  /** Ends every session and stream of the person at once, or lets him sign in again. */
  setDisabled: permitted('members:manage')
    .input(member.extend({ disabled: z.boolean() }))
    .mutation(({ ctx, input }) =>
      ctx.services.access.members.setDisabled(asPerson(ctx.principal), input.userId, input.disabled),
    ),

  resetPassword: permitted('members:manage')
    .input(member)
    .mutation(({ ctx, input }) => ctx.services.access.members.resetPassword(asPerson(ctx.principal), input.userId)),
});
