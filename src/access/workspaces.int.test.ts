import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserPrincipal } from '#domain/principal.ts';
import { addPerson, personOf, signIn, startTestAccess, type TestAccess } from '#testing/access.ts';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';

let database: TestDatabase;
let one: TestAccess;
let two: TestAccess;
let boss: UserPrincipal;

beforeAll(async () => {
  database = await createTestDatabase();
  one = await startTestAccess(database);
  two = await startTestAccess(database);
  const { id } = await one.prisma.workspace.create({ data: { name: 'Main', slug: 'main' } });
  const person = await addPerson(one.prisma, id, 'SUPER_ADMIN');
  boss = await personOf(one.access, await signIn(one.access, person));
});
afterAll(async () => {
  await one.stop();
  await two.stop();
  await database.drop();
});

describe('creating a workspace', () => {
  it('makes its creator the admin and gives it a slug of its own', async () => {
    const first = await one.access.workspaces.create(boss, { name: 'Größe & Söhne!', timeZone: 'europe/berlin' });
    const second = await one.access.workspaces.create(boss, { name: 'Größe & Söhne!' });
    const third = await one.access.workspaces.create(boss, { name: '株式会社' });
    expect(first).toMatchObject({ slug: 'grosse-sohne', timeZone: 'Europe/Berlin', isDemo: false });
    expect(second).toMatchObject({ slug: 'grosse-sohne-2', timeZone: 'UTC' });
    expect(third).toMatchObject({ slug: 'workspace' });
    expect(await one.access.members.list(first.id)).toMatchObject([{ userId: boss.userId, role: 'SUPER_ADMIN' }]);
  });
});

describe('changing a workspace', () => {
  it('takes a name and a time zone, one or both', async () => {
    const { id } = await one.access.workspaces.create(boss, { name: 'Before' });
    expect(await one.access.workspaces.update(id, { name: 'After' })).toMatchObject({ name: 'After', timeZone: 'UTC' });
    expect(await one.access.workspaces.update(id, { timeZone: 'America/New_York' })).toMatchObject({
      name: 'After',
      timeZone: 'America/New_York',
    });
    expect(await one.access.workspaces.update(id, {})).toMatchObject({ name: 'After' });
  });

  it.each(['Mars/Olympus', '+02:00', 'EST', "UTC'; DROP TABLE leads; --", ''])('takes no %s', async (timeZone) => {
    await expect(one.access.workspaces.update(boss.workspaceId, { timeZone })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: 'timeZone' }],
    });
  });

  it('knows which is not there', async () => {
    const nowhere = '00000000-0000-0000-0000-000000000000';
    await expect(one.access.workspaces.update(nowhere, { name: 'X' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('removing a demo', () => {
  it('removes it with its keys and members, closes what is open there, and leaves a record', async () => {
    const demo = await one.access.workspaces.create(boss, { name: 'Demo' });
    await one.prisma.workspace.update({ where: { id: demo.id }, data: { isDemo: true } });
    await one.prisma.lead.create({ data: { workspaceId: demo.id, email: 'lead@example.com' } });
    const there: UserPrincipal = { ...boss, workspaceId: demo.id };
    const { secret } = await one.access.keys.create(there, { name: 'n8n', scopes: ['activity:write'] });
    const withKey = new Headers({ 'x-api-key': secret });
    await expect.poll(() => two.access.authenticate(withKey), { interval: 10 }).not.toBeNull();
    const closed = new Promise<boolean>((resolve) => {
      two.access.onRevoked((match) => {
        if (match(there)) resolve(match(boss));
      });
    });

    expect(await one.access.workspaces.removeDemo(boss, demo.id)).toEqual({ activities: 0 });
    expect(await closed).toBe(false);
    for (const { access } of [one, two]) {
      expect(await access.authenticate(withKey)).toBeNull();
    }
    expect(await one.prisma.membership.count({ where: { workspaceId: demo.id } })).toBe(0);
    expect(await one.prisma.erasureRecord.findFirst({ where: { workspaceId: demo.id } })).toMatchObject({
      kind: 'demo',
      requestedBy: boss.email,
    });
  });

  it('removes no real workspace', async () => {
    await expect(one.access.workspaces.removeDemo(boss, boss.workspaceId)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await one.prisma.workspace.count({ where: { id: boss.workspaceId } })).toBe(1);
  });
});
