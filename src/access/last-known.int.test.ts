import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { addPerson, signIn, startTestAccess, type TestAccess } from '#testing/access.ts';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';

let database: TestDatabase;
let running: TestAccess;
beforeAll(async () => {
  database = await createTestDatabase();
  running = await startTestAccess(database);
});
afterAll(async () => {
  await running.stop();
  await database.drop();
});

test('a person is known as he was last, in the workspace he was in, until something of his changes', async () => {
  const { access, prisma, signals } = running;
  const workspace = await prisma.workspace.create({ data: { name: 'W', slug: 'w' } });
  const person = await addPerson(prisma, workspace.id, 'ADMIN');
  const headers = await signIn(access, person);
  expect(await access.lastKnown(headers)).toBeUndefined();
  const principal = await access.authenticate(headers);
  expect(await access.lastKnown(headers)).toEqual(principal);

  const elsewhere = new Headers(headers);
  elsewhere.set('x-workspace-id', '01999999-0000-7000-8000-000000000000');
  await expect(access.lastKnown(elsewhere)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  elsewhere.set('x-workspace-id', workspace.id);
  expect(await access.lastKnown(elsewhere)).toEqual(principal);
  expect(await access.lastKnown(new Headers({ cookie: 'other=1' }))).toBeUndefined();

  signals.deliver([{ kind: 'member', id: person.userId, workspaceId: workspace.id }]);
  await vi.waitUntil(async () => (await access.lastKnown(headers)) === undefined);
});

test('services are not: they have their keys', async () => {
  const { access } = running;
  const headers = new Headers({ 'x-api-key': 'internal-key-of-the-tests' });
  await access.authenticate(headers).catch(() => undefined);
  expect(await access.lastKnown(headers)).toBeUndefined();
});
