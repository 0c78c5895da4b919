import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addPerson, signIn, startTestAccess, type TestAccess } from '#testing/access.ts';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import type { FirstAdmin } from './index.ts';

let database: TestDatabase;
let one: TestAccess;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

beforeEach(async () => {
  await database.pool.query('DELETE FROM workspace');
  await database.pool.query('DELETE FROM account_user');
  one = await startTestAccess(database);
  return () => one.stop();
});

const MADE: FirstAdmin = { email: 'Admin@Example.com', password: 'made-at-first-start', isPasswordGiven: false };
const GIVEN: FirstAdmin = { email: MADE.email, password: 'given-by-somebody', isPasswordGiven: true };
const credentials = ({ email, password }: FirstAdmin) => ({ email, password });

describe('the first start', () => {
  it('makes a workspace and a super administrator who can sign in', async () => {
    expect(await one.access.ensureFirstAdmin(MADE)).toMatchObject({ created: true, passwordChanged: false });
    expect(await one.access.authenticate(await signIn(one.access, credentials(MADE)))).toMatchObject({
      email: 'admin@example.com',
      superAdmin: true,
      role: 'SUPER_ADMIN',
    });
    expect(await one.prisma.workspace.findMany()).toMatchObject([{ name: 'Main', slug: 'main', isDemo: false }]);
  });

  it('happens once, by however many processes', async () => {
    const two = await startTestAccess(database);
    try {
      const results = await Promise.all([one, two, one, two].map(({ access }) => access.ensureFirstAdmin(MADE)));
      expect(results.filter(({ created }) => created)).toHaveLength(1);
      expect(await one.prisma.user.count()).toBe(1);
      expect(await one.prisma.workspace.count()).toBe(1);
      expect(await one.prisma.authAccount.count()).toBe(1);
    } finally {
      await two.stop();
    }
  });

  it('makes a workspace beside demos, and none beside a real one', async () => {
    await one.prisma.workspace.create({ data: { name: 'Demo', slug: 'demo', isDemo: true } });
    await one.access.ensureFirstAdmin(MADE);
    expect((await one.prisma.workspace.findMany({ where: { isDemo: false } })).map(({ slug }) => slug)).toEqual([
      'main',
    ]);
  });
});

describe('a later start', () => {
  it('leaves everything as it is', async () => {
    await one.access.ensureFirstAdmin(MADE);
    const headers = await signIn(one.access, credentials(MADE));
    expect(await one.access.ensureFirstAdmin({ ...MADE, password: 'made-anew-somewhere' })).toMatchObject({
      created: false,
      passwordChanged: false,
    });
    expect(await one.access.authenticate(headers)).not.toBeNull();
    await signIn(one.access, credentials(MADE));
  });

  it('sets the password that is given when it differs, and ends the sessions then', async () => {
    await one.access.ensureFirstAdmin(MADE);
    const headers = await signIn(one.access, credentials(MADE));
    expect(await one.access.ensureFirstAdmin(GIVEN)).toMatchObject({ created: false, passwordChanged: true });
    expect(await one.access.authenticate(headers)).toBeNull();
    const again = await signIn(one.access, credentials(GIVEN));
    expect(await one.access.ensureFirstAdmin(GIVEN)).toMatchObject({ passwordChanged: false });
    expect(await one.access.authenticate(again)).not.toBeNull();
  });

  it('makes nobody a super administrator whose password was not given', async () => {
    await one.access.ensureFirstAdmin({ ...GIVEN, email: 'operator@example.com' });
    const { id } = await one.prisma.workspace.findFirstOrThrow();
    const pm = await addPerson(one.prisma, id, 'PM');
    await one.access.ensureFirstAdmin({ ...MADE, email: pm.email });
    await one.access.ensureFirstAdmin({ ...MADE, email: 'unknown@example.com' });
    expect(await one.prisma.user.findMany({ where: { superAdmin: true } })).toMatchObject([
      { email: 'operator@example.com' },
    ]);
    expect(await one.prisma.user.count()).toBe(2);
    await signIn(one.access, pm);
  });

  it('makes the one whose password is given a super administrator, by that password alone', async () => {
    await one.access.ensureFirstAdmin(MADE);
    const { id } = await one.prisma.workspace.findFirstOrThrow();
    const pm = await addPerson(one.prisma, id, 'PM');
    await one.access.ensureFirstAdmin({ ...GIVEN, email: pm.email });
    await expect(signIn(one.access, pm)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const headers = await signIn(one.access, { email: pm.email, password: GIVEN.password });
    expect(await one.access.authenticate(headers)).toMatchObject({ role: 'SUPER_ADMIN' });
  });
});
