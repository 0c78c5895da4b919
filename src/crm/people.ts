import type { PersonView } from '#domain/lead-view.ts';
import type { PrismaClient } from '#platform/db/prisma.ts';
import type { Tx } from './transact.ts';

/** The columns of a person that others may see. */
export const PERSON = { id: true, name: true, email: true } as const;

/** Clients look on; they do not own leads. */
const OWNING_ROLES = ['ADMIN', 'PM'];

/** Whether this person can be given leads of this workspace; undefined when not. */
export async function findOwner(tx: Tx, workspaceId: string, userId: string): Promise<PersonView | undefined> {
  const member = await tx.membership.findFirst({
    where: { workspaceId, userId, role: { in: OWNING_ROLES }, user: { disabledAt: null } },
    select: { user: { select: PERSON } },
  });
  return member?.user;
}

/** The members that can own leads, by lower-case e-mail. */
export async function ownersByEmail(
  tx: Tx,
  workspaceId: string,
  emails: readonly string[],
): Promise<ReadonlyMap<string, PersonView>> {
  if (emails.length === 0) return new Map();
  const members = await tx.membership.findMany({
    where: {
      workspaceId,
      role: { in: OWNING_ROLES },
      user: { disabledAt: null, email: { in: [...emails], mode: 'insensitive' } },
    },
    select: { user: { select: PERSON } },
  });
  return new Map(members.map(({ user }) => [user.email.toLowerCase(), user]));
}

/** Everybody who can own leads of this workspace, and those who own one although they left; by name. */
export async function leadOwners(prisma: PrismaClient, workspaceId: string): Promise<PersonView[]> {
  const people = await prisma.user.findMany({
    where: {
      OR: [
        { memberships: { some: { workspaceId, role: { in: OWNING_ROLES } } }, disabledAt: null },
        { ownedLeads: { some: { workspaceId } } },
      ],
    },
    select: PERSON,
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  });
  return people;
}
