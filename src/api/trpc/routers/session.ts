import { z } from 'zod';
import type { CurrentSession, EnterableWorkspace } from '#access/index.ts';
import { AppError } from '#domain/errors.ts';
import type { Principal } from '#domain/principal.ts';
import { type Permission, ROLE_PERMISSIONS, type Role } from '#domain/roles.ts';
import { asPerson } from '../../auth/person.ts';
import { open, router, signedIn } from '../init.ts';

/** Who is signed in, where, and what he may do there. */
export interface SessionView {
  readonly user: { readonly id: string; readonly name: string; readonly email: string } | null;
  /** The password is one that an administrator made: nothing opens before it was changed. */
  readonly passwordChangeRequired: boolean;
  /** Null for nobody, and for a person who can enter no workspace. */
  readonly workspace: WorkspaceView | null;
  readonly workspaces: readonly WorkspaceView[];
  readonly role: Role | null;
  readonly permissions: readonly Permission[];
}

/** A workspace as the asker may enter it. */
export type WorkspaceView = Pick<EnterableWorkspace, 'id' | 'name' | 'slug' | 'role' | 'isDemo' | 'timeZone'>;

export const sessionRouter = router({
  current: open.query(async ({ ctx }): Promise<SessionView> => {
    const { access } = ctx.services;
    const session = await access.currentSession(ctx.headers);
    if (session)
      for (const cookie of await access.refreshSession(ctx.headers)) ctx.resHeaders.append('set-cookie', cookie);
    return toSessionView(session, ctx.principal);
  }),

  switchWorkspace: signedIn
    .input(z.object({ workspaceId: z.uuid() }))
    .mutation(async ({ ctx, input }): Promise<WorkspaceView> => {
      asPerson(ctx.principal);
      const { access } = ctx.services;
      const session = await access.currentSession(ctx.headers);
      const workspace = session?.workspaces.find(({ id }) => id === input.workspaceId);
      if (!workspace) throw new AppError('NOT_FOUND', { message: 'There is no such workspace.' });
      ctx.resHeaders.append('set-cookie', access.workspaceCookie(workspace.id));
      return toWorkspaceView(workspace);
    }),
});

function toSessionView(session: CurrentSession | null, principal: Principal | null): SessionView {
  const current = session?.current;
  const scopes = principal?.kind === 'key' ? principal.scopes : [];
  return {
    user: session && { id: session.person.userId, name: session.person.name, email: session.person.email },
    passwordChangeRequired: session?.person.passwordChangeRequired ?? false,
    workspace: current ? toWorkspaceView(current) : null,
    workspaces: session?.workspaces.map(toWorkspaceView) ?? [],
    role: current?.role ?? null,
    permissions: current ? ROLE_PERMISSIONS[current.role] : scopes,
  };
}

export function toWorkspaceView({ id, name, slug, role, isDemo, timeZone }: WorkspaceView): WorkspaceView {
  return { id, name, slug, role, isDemo, timeZone };
}
