import { AppError } from '#domain/errors.ts';
import { emailKey } from '#domain/lead.ts';
import type { UserPrincipal } from '#domain/principal.ts';
import { ROLE_PERMISSIONS, type Role, rolePermits, type WorkspaceRole } from '#domain/roles.ts';
import type { Clock } from '#platform/clock.ts';
import type { Prisma } from '#platform/db/prisma.ts';
import { hashPassword } from './auth.ts';
import { type ChangeDeps, change, type Tell, takeMemberLock } from './change.ts';
import { setPassword } from './credentials.ts';
import { parseWorkspaceRole } from './membership-role.ts';
import { createOneTimePassword } from './one-time-password.ts';

/** Somebody who belongs to a workspace. Instants are ISO 8601 in UTC. */
export interface MemberView {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly joinedAt: string;
  readonly isDisabled: boolean;
}

export interface NewMember {
  readonly email: string;
  readonly name: string;
  readonly role: WorkspaceRole;
}

/**
 * A member and the password to hand over: shown this once, null when the person had an account and keeps his own. It opens
 * nothing but the choice of another one.
 */
export interface CreatedMember {
  readonly member: MemberView;
  readonly oneTimePassword: string | null;
}

/**
 * Who belongs to the actor's workspace, and as what. Every change closes the sessions or streams it concerns.
 * All throw AppError: NOT_FOUND for somebody who is no member of the workspace; FORBIDDEN for what only a super
 * administrator may; CONFLICT for what would leave a workspace or the platform without anybody in charge.
 */
export interface Members {
  list(workspaceId: string): Promise<readonly MemberView[]>;
  create(actor: UserPrincipal, input: NewMember): Promise<CreatedMember>;
  setRole(actor: UserPrincipal, userId: string, role: Role): Promise<MemberView>;
  remove(actor: UserPrincipal, userId: string): Promise<void>;
  /**
   * A disabled person cannot sign in and is signed out at once, everywhere; all that he did and owns stays.
   * @throws AppError CONFLICT for oneself and for the last admin
   */
  setDisabled(actor: UserPrincipal, userId: string, disabled: boolean): Promise<MemberView>;
  /** Ends every session of the person, who has to choose another password than the one given here. */
  resetPassword(actor: UserPrincipal, userId: string): Promise<{ readonly oneTimePassword: string }>;
}

export interface MemberDeps extends ChangeDeps {
  readonly clock: Pick<Clock, 'now'>;
}

type Tx = Prisma.TransactionClient;

const WITH_USER = {
  user: { select: { email: true, name: true, superAdmin: true, disabledAt: true } },
} as const satisfies Prisma.MembershipInclude;

type MembershipRow = Prisma.MembershipGetPayload<{ include: typeof WITH_USER }>;

export function createMembers(deps: MemberDeps): Members {
  return {
    async list(workspaceId) {
      const rows = await deps.prisma.membership.findMany({
        where: { workspaceId },
        include: WITH_USER,
        orderBy: [{ createdAt: 'asc' }, { userId: 'asc' }],
      });
      return rows.map(toView);
    },

    async create(actor, { name, role, ...input }) {
      const { workspaceId } = actor;
      const email = emailKey(input.email);
      const oneTimePassword = createOneTimePassword();
      const hash = await hashPassword(oneTimePassword);
      return changeMembers(deps, actor, async (tx, tell) => {
        const existing = await tx.user.findUnique({ where: { email }, include: { memberships: true } });
        if (existing?.memberships.some((membership) => membership.workspaceId === workspaceId)) {
          throw new AppError('CONFLICT', { message: 'This person is a member of the workspace already.' });
        }
        const user = existing ?? (await tx.user.create({ data: { email, name, emailVerified: true } }));
        // An account that nothing hangs on may be handed out anew; any other keeps its password, or whoever adds a
        // person to his own workspace could take over what that person may do elsewhere.
        const isFree = !existing?.superAdmin && !existing?.disabledAt && (existing?.memberships.length ?? 0) === 0;
        if (isFree) await setPassword(tx, user.id, { hash, isOneTime: true }, deps.clock.now());
        await tx.membership.create({ data: { workspaceId, userId: user.id, role } });
        tell({ kind: 'member', id: user.id });
        return {
          member: toView(await findMember(tx, workspaceId, user.id)),
          oneTimePassword: isFree ? oneTimePassword : null,
        };
      });
    },

    setRole: (actor, userId, role) =>
      changeMembers(deps, actor, async (tx, tell) => {
        const { workspaceId } = actor;
        const member = await findMember(tx, workspaceId, userId);
        const isSuperAdmin = role === 'SUPER_ADMIN';
        if (isSuperAdmin || member.user.superAdmin) assertSuperAdmin(actor);
        if (!isSuperAdmin && member.user.superAdmin && userId === actor.userId) {
          throw new AppError('CONFLICT', {
            message: 'You cannot take the role of super administrator from yourself; another one can.',
          });
        }
        const workspaceRole = isSuperAdmin ? 'ADMIN' : role;
        if (workspaceRole !== 'ADMIN') await assertAnotherAdmin(tx, workspaceId, userId);
        await tx.membership.update({
          where: { workspaceId_userId: { workspaceId, userId } },
          data: { role: workspaceRole },
        });
        if (member.user.superAdmin !== isSuperAdmin) {
          await tx.user.update({ where: { id: userId }, data: { superAdmin: isSuperAdmin } });
          // A super administrator was one everywhere.
          tell({ kind: 'member', id: userId, ended: !isSuperAdmin });
        }
        const before = toView(member).role;
        const ended = ROLE_PERMISSIONS[before].some((permission) => !rolePermits(role, permission));
        tell({ kind: 'member', id: userId, workspaceId, ended });
        return toView(await findMember(tx, workspaceId, userId));
      }),

    remove: (actor, userId) =>
      changeMembers(deps, actor, async (tx, tell) => {
        const { workspaceId } = actor;
        const member = await findMember(tx, workspaceId, userId);
        if (member.user.superAdmin) assertSuperAdmin(actor);
        await assertAnotherAdmin(tx, workspaceId, userId);
        await tx.membership.delete({ where: { workspaceId_userId: { workspaceId, userId } } });
        const remaining = await tx.membership.count({ where: { userId } });
        if (remaining === 0 && !member.user.superAdmin) await tx.authSession.deleteMany({ where: { userId } });
        tell({ kind: 'member', id: userId, workspaceId, ended: true });
      }),

    setDisabled: (actor, userId, disabled) =>
      changeMembers(deps, actor, async (tx, tell) => {
        const { workspaceId } = actor;
        const member = await findMember(tx, workspaceId, userId);
        if (member.user.superAdmin) assertSuperAdmin(actor);
        await assertOnlyHere(tx, actor, userId, disabled ? 'disable the account' : 'enable the account');
        if ((member.user.disabledAt !== null) === disabled) return toView(member);
        if (disabled) {
          if (userId === actor.userId) throw new AppError('CONFLICT', { message: 'You cannot disable yourself.' });
          await assertAnotherAdmin(tx, workspaceId, userId);
          await tx.authSession.deleteMany({ where: { userId } });
        }
        await tx.user.update({ where: { id: userId }, data: { disabledAt: disabled ? deps.clock.now() : null } });
        tell({ kind: 'member', id: userId, ended: disabled });
        return toView(await findMember(tx, workspaceId, userId));
      }),

    async resetPassword(actor, userId) {
      const oneTimePassword = createOneTimePassword();
      const hash = await hashPassword(oneTimePassword);
      return changeMembers(deps, actor, async (tx, tell) => {
        const member = await findMember(tx, actor.workspaceId, userId);
        if (member.user.superAdmin) assertSuperAdmin(actor);
        await assertOnlyHere(tx, actor, userId, 'reset the password');
        await setPassword(tx, userId, { hash, isOneTime: true }, deps.clock.now());
        tell({ kind: 'member', id: userId, ended: true });
        return { oneTimePassword };
      });
    },
  };
}

/** One change of members at a time, by an actor who has his rights at that moment, not only when he was let in. */
function changeMembers<T>(
  deps: MemberDeps,
  actor: UserPrincipal,
  work: (tx: Tx, tell: Tell) => Promise<T>,
): Promise<T> {
  return change(deps, async (tx, tell) => {
    await takeMemberLock(tx);
    await assertStillEntitled(tx, actor);
    return work(tx, tell);
  });
}

async function assertStillEntitled(tx: Tx, { userId, workspaceId, superAdmin }: UserPrincipal): Promise<void> {
  const user = await tx.user.findUnique({
    where: { id: userId, disabledAt: null },
    select: { superAdmin: true, memberships: { where: { workspaceId }, select: { role: true } } },
  });
  const role = user?.memberships[0]?.role;
  const isEntitled = superAdmin
    ? user?.superAdmin
    : role !== undefined && rolePermits(parseWorkspaceRole(role), 'members:manage');
  if (!isEntitled) throw new AppError('FORBIDDEN');
}

async function findMember(tx: Tx, workspaceId: string, userId: string): Promise<MembershipRow> {
  const member = await tx.membership.findUnique({
    where: { workspaceId_userId: { workspaceId, userId } },
    include: WITH_USER,
  });
  if (!member) throw new AppError('NOT_FOUND', { message: 'There is no such member of the workspace.' });
  return member;
}

function assertSuperAdmin(actor: UserPrincipal): void {
  if (actor.superAdmin) return;
  throw new AppError('FORBIDDEN', { message: 'Only a super administrator may change a super administrator.' });
}

/** @throws AppError CONFLICT when `userId` is the last enabled admin of the workspace. */
async function assertAnotherAdmin(tx: Tx, workspaceId: string, userId: string): Promise<void> {
  const admins = await tx.membership.findMany({
    where: { workspaceId, role: 'ADMIN', user: { disabledAt: null } },
    select: { userId: true },
  });
  if (admins.length !== 1 || admins[0]?.userId !== userId) return;
  throw new AppError('CONFLICT', {
    message: 'This is the last admin of the workspace. Make somebody else an admin first.',
  });
}

/** An admin rules over accounts that live in his workspace alone: what is done to an account is done to all its doors. */
async function assertOnlyHere(tx: Tx, actor: UserPrincipal, userId: string, what: string): Promise<void> {
  if (actor.superAdmin) return;
  const elsewhere = await tx.membership.count({ where: { userId, workspaceId: { not: actor.workspaceId } } });
  if (elsewhere === 0) return;
  throw new AppError('FORBIDDEN', {
    message: `This person belongs to other workspaces too. Only a super administrator may ${what}.`,
  });
}

function toView({ userId, role, createdAt, user }: MembershipRow): MemberView {
  return {
    userId,
    email: user.email,
    name: user.name,
    role: user.superAdmin ? 'SUPER_ADMIN' : parseWorkspaceRole(role),
    joinedAt: createdAt.toISOString(),
    isDisabled: user.disabledAt !== null,
  };
}
