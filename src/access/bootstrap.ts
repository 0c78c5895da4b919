import { emailKey } from '#domain/lead.ts';
import type { Prisma } from '#platform/db/prisma.ts';
import { hashPassword, isPassword } from './auth.ts';
import { change, takeMemberLock } from './change.ts';
import { readPasswordHash, setPassword } from './credentials.ts';
import type { MemberDeps } from './members.ts';

export interface FirstAdmin {
  readonly email: string;
  readonly password: string;
  /**
   * Whether somebody asked for this very password (ADMIN_PASSWORD). Then it is set whenever it differs; else it is only
   * what a new account gets, and a password that was changed since stays.
   */
  readonly isPasswordGiven: boolean;
}

export interface FirstAdminResult {
  readonly userId: string | undefined;
  readonly created: boolean;
  readonly passwordChanged: boolean;
}

/**
 * Makes sure that somebody can sign in: the workspace Main when there is none but demos, and a super administrator.
 * Does nothing when all is as it should be; several processes may do it at once. An address that is not (or no
 * longer) a super administrator's is made one only when its password was given, so that the default address, which a
 * workspace's admin could have registered, never rises by itself.
 */
export async function ensureFirstAdmin(deps: MemberDeps, admin: FirstAdmin): Promise<FirstAdminResult> {
  const email = emailKey(admin.email);
  const passwordHash = await hashPassword(admin.password);
  return change(deps, async (tx, tell) => {
    await takeMemberLock(tx);
    const found = await findMain(tx);
    const workspace = found ?? (await tx.workspace.create({ data: { name: 'Main', slug: 'main' } }));
    if (!found) tell({ kind: 'workspace', id: workspace.id });

    const superAdmins = await tx.user.count({ where: { superAdmin: true, disabledAt: null } });
    const existing = await tx.user.findUnique({ where: { email } });
    if (!admin.isPasswordGiven && superAdmins > 0) {
      return { userId: existing?.id, created: false, passwordChanged: false };
    }

    const rights = { superAdmin: true, disabledAt: null };
    const user = existing
      ? await tx.user.update({ where: { email }, data: rights })
      : await tx.user.create({ data: { ...rights, email, name: 'Administrator', emailVerified: true } });
    const isPromoted = !existing?.superAdmin;
    if (isPromoted) await joinAsAdmin(tx, workspace.id, user.id);

    const hash = await readPasswordHash(tx, user.id);
    const isRight = hash !== undefined && (!admin.isPasswordGiven || (await isPassword(hash, admin.password)));
    // Whoever is promoted gets the password too: the one who knew the old one was not meant.
    const isReplaced = isPromoted || !isRight;
    if (isReplaced) {
      await setPassword(tx, user.id, { hash: passwordHash, isOneTime: false }, deps.clock.now());
      tell({ kind: 'member', id: user.id, ended: true });
    }
    return { userId: user.id, created: !existing, passwordChanged: isReplaced && existing !== null };
  });
}

function findMain(tx: Prisma.TransactionClient) {
  return tx.workspace.findFirst({ where: { isDemo: false }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
}

async function joinAsAdmin(tx: Prisma.TransactionClient, workspaceId: string, userId: string): Promise<void> {
  await tx.membership.upsert({
    where: { workspaceId_userId: { workspaceId, userId } },
    create: { workspaceId, userId, role: 'ADMIN' },
    update: { role: 'ADMIN' },
  });
}
