import { z } from 'zod';
import type { EnterableWorkspace } from '#access/index.ts';
import { AppError } from '#domain/errors.ts';
import { rolePermits } from '#domain/roles.ts';
import { storableText } from '#domain/text.ts';
import { asPerson } from '../../auth/person.ts';
import { permitted, router, signedIn, type TrpcContext } from '../init.ts';
import { toWorkspaceView, type WorkspaceView } from './session.ts';

const name = storableText(100).min(1);
const timeZone = storableText(64).min(1);
const unknownLeadDays = z.number().int().min(1).max(365).nullable().optional();

export const workspacesRouter = router({
  /** Those the asker may enter. */
  list: signedIn.query(async ({ ctx }): Promise<WorkspaceView[]> => {
    asPerson(ctx.principal);
    return (await enterable(ctx)).map(toWorkspaceView);
  }),

  create: permitted('platform:manage')
    .input(z.object({ name, timeZone: timeZone.optional() }))
    .mutation(({ ctx, input }) => ctx.services.access.workspaces.create(asPerson(ctx.principal), input)),

  /** What the current workspace has decided for itself. */
  settings: permitted('workspace:manage').query(({ ctx }) =>
    ctx.services.access.workspaces.settings(ctx.principal.workspaceId),
  ),

  /** Changes the current workspace. */
  update: permitted('workspace:manage')
    .input(z.object({ name: name.optional(), timeZone: timeZone.optional(), unknownLeadDays }))
    .mutation(({ ctx, input }) => ctx.services.access.workspaces.update(ctx.principal.workspaceId, input)),

  /** Removes a demo workspace: the current one unless told which. */
  removeDemo: permitted('workspace:manage')
    .input(z.object({ workspaceId: z.uuid().optional() }).optional())
    .mutation(async ({ ctx, input }) => {
      const person = asPerson(ctx.principal);
      const id = input?.workspaceId ?? person.workspaceId;
      const workspace = (await enterable(ctx)).find((candidate) => candidate.id === id);
      if (!workspace) throw new AppError('NOT_FOUND', { message: 'There is no such workspace.' });
      if (!rolePermits(workspace.role, 'workspace:manage')) throw new AppError('FORBIDDEN');
      return ctx.services.access.workspaces.removeDemo(person, id);
    }),
});

async function enterable({ services, headers }: TrpcContext): Promise<readonly EnterableWorkspace[]> {
  return (await services.access.currentSession(headers))?.workspaces ?? [];
}
