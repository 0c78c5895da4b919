import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserPrincipal } from '#domain/principal.ts';
import type { Role } from '#domain/roles.ts';
import { addPerson, personOf, signIn, startTestAccess, type TestAccess } from '#testing/access.ts';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';

let database: TestDatabase;
let one: TestAccess;
let workspaceId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  one = await startTestAccess(database);
  workspaceId = (await one.prisma.workspace.create({ data: { name: 'A', slug: 'a' } })).id;
});
afterAll(async () => {
  await one.stop();
  await database.drop();
});

async function enter(role: Role): Promise<UserPrincipal> {
  return personOf(one.access, await signIn(one.access, await addPerson(one.prisma, workspaceId, role)));
}

/** Cuts the connection that listens, and waits until there is another one. */
async function cutListening(): Promise<void> {
  const back = new Promise<void>((resolve) => {
    one.signals.onGap(resolve);
  });
  await database.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'test-signals' AND datname = current_database()`,
  );
  await back;
}

describe('rights that were taken away while nobody could hear of it', () => {
  it('end what is open once this process listens again; all else stays open', async () => {
    const people = {
      signedOut: await enter('PM'),
      demoted: await enter('ADMIN'),
      removed: await enter('PM'),
      disabled: await enter('PM'),
      noSuperAdminAnyMore: await enter('SUPER_ADMIN'),
      untouched: await enter('PM'),
      untouchedSuperAdmin: await enter('SUPER_ADMIN'),
    };
    // Straight in the tables: no signal tells of it, as of one that was sent while the connection was away.
    const { prisma } = one;
    const { signedOut, demoted, removed, disabled, noSuperAdminAnyMore } = people;
    await prisma.authSession.delete({ where: { id: signedOut.sessionId } });
    await prisma.membership.updateMany({ where: { userId: demoted.userId }, data: { role: 'CLIENT' } });
    await prisma.membership.deleteMany({ where: { userId: removed.userId } });
    await prisma.user.update({ where: { id: disabled.userId }, data: { disabledAt: new Date() } });
    await prisma.user.update({ where: { id: noSuperAdminAnyMore.userId }, data: { superAdmin: false } });
    const closed = new Set<string>();
    one.access.onRevoked((isConcerned) => {
      for (const [name, principal] of Object.entries(people)) if (isConcerned(principal)) closed.add(name);
    });
    await cutListening();
    await expect
      .poll(() => [...closed].toSorted())
      .toEqual(['demoted', 'disabled', 'noSuperAdminAnyMore', 'removed', 'signedOut']);
  });
});
