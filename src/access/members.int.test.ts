import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Principal, UserPrincipal } from '#domain/principal.ts';
import type { Role } from '#domain/roles.ts';
import {
  addPerson,
  authRequest,
  cookiesOf,
  personOf,
  signIn,
  startTestAccess,
  type TestAccess,
  type TestPerson,
} from '#testing/access.ts';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';

let database: TestDatabase;
let one: TestAccess;
let workspaceId: string;
let otherWorkspaceId: string;
let admin: Person;

interface Person extends TestPerson {
  readonly headers: Headers;
  readonly principal: UserPrincipal;
}

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

beforeEach(async () => {
  await database.pool.query('DELETE FROM workspace');
  await database.pool.query('DELETE FROM account_user');
  one = await startTestAccess(database, { config: { rates: { signIn: { ratePerSecond: 1000, burst: 1000 } } } });
  workspaceId = (await one.prisma.workspace.create({ data: { name: 'A', slug: 'a' } })).id;
  otherWorkspaceId = (await one.prisma.workspace.create({ data: { name: 'B', slug: 'b' } })).id;
  one.signals.deliver([{ kind: 'workspace', id: workspaceId }]);
  admin = await enter('ADMIN');
  return () => one.stop();
});

/** A person who has signed in. */
async function enter(role: Role, where = workspaceId): Promise<Person> {
  const person = await addPerson(one.prisma, where, role);
  const headers = new Headers([...(await signIn(one.access, person)), ['x-workspace-id', where]]);
  return { ...person, headers, principal: await personOf(one.access, headers) };
}

/** What became of the person's streams during `run`. */
async function closedDuring(principal: Principal, run: () => Promise<unknown>): Promise<boolean> {
  let closed = false;
  const stop = one.access.onRevoked((match) => {
    closed ||= match(principal);
  });
  await run();
  stop();
  return closed;
}

/** Chooses another password, as the person signed in by `headers`, and gives what the browser sends from then on. */
async function choose(headers: Headers, currentPassword: string, newPassword: string) {
  const cookie = headers.get('cookie') ?? '';
  const request = authRequest('/change-password', { currentPassword, newPassword }, { cookie });
  return { headers: cookiesOf(await one.access.authHandler(request, '127.0.0.1')) };
}

/** Signs in with a one-time password, which opens nothing but the choice of another one. */
async function signInFirst(person: { readonly email: string; readonly password: string }) {
  const shut = await signIn(one.access, person);
  const session = await one.access.currentSession(shut);
  expect(session).toMatchObject({ person: { email: person.email, passwordChangeRequired: true }, workspaces: [] });
  await expect(one.access.authenticate(shut)).rejects.toMatchObject({ code: 'PASSWORD_CHANGE_REQUIRED' });
  await expect(choose(shut, person.password, person.password)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    issues: [{ path: 'newPassword', message: 'must not be the password that you have now' }],
  });
  await expect(choose(shut, person.password, 'short')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(choose(shut, 'not the one given', 'a password of my own')).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
  await expect(one.access.authenticate(shut)).rejects.toMatchObject({ code: 'PASSWORD_CHANGE_REQUIRED' });
  const { headers } = await choose(shut, person.password, 'a password of my own');
  expect(await one.access.authenticate(headers)).toMatchObject({ email: person.email });
  return { headers };
}

describe('adding a member', () => {
  it('gives a password that works, once', async () => {
    const { member, oneTimePassword } = await one.access.members.create(admin.principal, {
      email: ' New.Person@Example.com ',
      name: 'New Person',
      role: 'PM',
    });
    expect(member).toMatchObject({
      email: 'new.person@example.com',
      name: 'New Person',
      role: 'PM',
      isDisabled: false,
    });
    const { headers } = await signInFirst({ email: 'new.person@example.com', password: oneTimePassword ?? '' });
    expect(await one.access.authenticate(headers)).toMatchObject({ workspaceId, role: 'PM' });
    expect(JSON.stringify(await one.access.members.list(workspaceId))).not.toContain(oneTimePassword);
  });

  it('is refused for somebody who is one', async () => {
    const input = { email: admin.email, name: 'Again', role: 'PM' } as const;
    await expect(one.access.members.create(admin.principal, input)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('leaves the password of somebody who belongs elsewhere alone', async () => {
    const other = await enter('PM', otherWorkspaceId);
    const created = await one.access.members.create(admin.principal, { email: other.email, name: 'X', role: 'PM' });
    expect(created.oneTimePassword).toBeNull();
    expect(created.member.name).not.toBe('X');
    const entered = new Headers([...(await signIn(one.access, other)), ['x-workspace-id', workspaceId]]);
    expect(await one.access.authenticate(entered)).toMatchObject({ workspaceId, role: 'PM' });
    await expect(one.access.members.resetPassword(admin.principal, other.userId)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it('gives an account that nothing hangs on a new password', async () => {
    const leaver = await enter('PM');
    await one.access.members.remove(admin.principal, leaver.userId);
    const back = await one.access.members.create(admin.principal, { email: leaver.email, name: 'X', role: 'PM' });
    await expect(signIn(one.access, leaver)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await signInFirst({ email: leaver.email, password: back.oneTimePassword ?? '' });
  });
});

describe('another role', () => {
  it('counts from the next request, and closes streams when it is a lesser one', async () => {
    const someone = await enter('PM');
    const setRole = (role: Role) => one.access.members.setRole(admin.principal, someone.userId, role);
    expect(await closedDuring(someone.principal, () => setRole('ADMIN'))).toBe(false);
    const promoted = await personOf(one.access, someone.headers);
    expect(promoted.role).toBe('ADMIN');
    expect(await closedDuring(promoted, () => setRole('CLIENT'))).toBe(true);
    expect((await personOf(one.access, someone.headers)).role).toBe('CLIENT');
  });

  it('closes no stream in another workspace', async () => {
    const someone = await enter('PM');
    await one.prisma.membership.create({ data: { workspaceId: otherWorkspaceId, userId: someone.userId, role: 'PM' } });
    const elsewhere: Principal = { ...someone.principal, workspaceId: otherWorkspaceId };
    const demote = () => one.access.members.setRole(admin.principal, someone.userId, 'CLIENT');
    expect(await closedDuring(elsewhere, demote)).toBe(false);
  });

  it('is not given to the members of another workspace', async () => {
    const foreigner = await enter('PM', otherWorkspaceId);
    for (const attempt of [
      () => one.access.members.setRole(admin.principal, foreigner.userId, 'ADMIN'),
      () => one.access.members.remove(admin.principal, foreigner.userId),
      () => one.access.members.resetPassword(admin.principal, foreigner.userId),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });
});

describe('the last admin of a workspace', () => {
  it('stays, also when two would demote each other at once', async () => {
    const { userId } = admin;
    await expect(one.access.members.setRole(admin.principal, userId, 'PM')).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(one.access.members.remove(admin.principal, userId)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'This is the last admin of the workspace. Make somebody else an admin first.',
    });
    const second = await enter('ADMIN');
    const attempts = await Promise.allSettled([
      one.access.members.setRole(admin.principal, second.userId, 'PM'),
      one.access.members.setRole(second.principal, userId, 'PM'),
    ]);
    expect(attempts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const admins = (await one.access.members.list(workspaceId)).filter((member) => member.role === 'ADMIN');
    expect(admins).toHaveLength(1);
  });

  it('is not one who is disabled', async () => {
    const second = await enter('ADMIN');
    await one.prisma.user.update({ where: { id: second.userId }, data: { disabledAt: new Date() } });
    await expect(one.access.members.remove(admin.principal, admin.userId)).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('a super administrator', () => {
  it('is made, changed and removed by his like alone', async () => {
    const boss = await enter('SUPER_ADMIN');
    const pm = await enter('PM');
    for (const attempt of [
      () => one.access.members.setRole(admin.principal, pm.userId, 'SUPER_ADMIN'),
      () => one.access.members.setRole(admin.principal, admin.userId, 'SUPER_ADMIN'),
      () => one.access.members.setRole(admin.principal, boss.userId, 'CLIENT'),
      () => one.access.members.remove(admin.principal, boss.userId),
      () => one.access.members.resetPassword(admin.principal, boss.userId),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
    expect(await one.access.members.setRole(boss.principal, pm.userId, 'SUPER_ADMIN')).toMatchObject({
      role: 'SUPER_ADMIN',
    });
    const elsewhere = new Headers([...(await signIn(one.access, pm)), ['x-workspace-id', otherWorkspaceId]]);
    expect(await one.access.authenticate(elsewhere)).toMatchObject({ role: 'SUPER_ADMIN' });
    const promoted = await personOf(one.access, elsewhere);
    const demote = () => one.access.members.setRole(boss.principal, pm.userId, 'PM');
    expect(await closedDuring(promoted, demote)).toBe(true);
    await expect(one.access.authenticate(elsewhere)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('does not demote himself, and two do not demote each other', async () => {
    const boss = await enter('SUPER_ADMIN');
    const other = await enter('SUPER_ADMIN');
    await expect(one.access.members.setRole(boss.principal, boss.userId, 'ADMIN')).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'You cannot take the role of super administrator from yourself; another one can.',
    });
    const attempts = await Promise.allSettled([
      one.access.members.setRole(boss.principal, other.userId, 'PM'),
      one.access.members.setRole(other.principal, boss.userId, 'PM'),
    ]);
    expect(attempts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await one.prisma.user.count({ where: { superAdmin: true } })).toBe(1);
  });
});

describe('removing a member', () => {
  it('ends his sessions when he belongs to nothing else, and closes his streams', async () => {
    const someone = await enter('PM');
    expect(
      await closedDuring(someone.principal, () => one.access.members.remove(admin.principal, someone.userId)),
    ).toBe(true);
    expect(await one.access.authenticate(new Headers({ cookie: someone.headers.get('cookie') ?? '' }))).toBeNull();
    expect(await one.prisma.authSession.count({ where: { userId: someone.userId } })).toBe(0);
  });

  it('leaves him what he has elsewhere', async () => {
    const someone = await enter('PM');
    await one.prisma.membership.create({
      data: { workspaceId: otherWorkspaceId, userId: someone.userId, role: 'CLIENT' },
    });
    await one.access.members.remove(admin.principal, someone.userId);
    const cookie = someone.headers.get('cookie') ?? '';
    expect(await one.access.authenticate(new Headers({ cookie }))).toMatchObject({ workspaceId: otherWorkspaceId });
    await expect(one.access.authenticate(someone.headers)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a password reset', () => {
  it('ends every session of the person', async () => {
    const someone = await enter('PM');
    const { oneTimePassword } = await one.access.members.resetPassword(admin.principal, someone.userId);
    expect(await one.access.authenticate(someone.headers)).toBeNull();
    await expect(signIn(one.access, someone)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await signInFirst({ email: someone.email, password: oneTimePassword });
  });

  it('of who was reset before he had chosen one asks for another once more', async () => {
    const { email, userId } = await enter('PM');
    const { resetPassword } = one.access.members;
    await signInFirst({ email, password: (await resetPassword(admin.principal, userId)).oneTimePassword });
    await signInFirst({ email, password: (await resetPassword(admin.principal, userId)).oneTimePassword });
  });

  it('counts in another process at once, as does the choice of a new one', async () => {
    const two = await startTestAccess(database);
    onTestFinished(() => two.stop());
    const { email, userId } = await enter('PM');
    const { oneTimePassword } = await one.access.members.resetPassword(admin.principal, userId);
    const shut = await signIn(two.access, { email, password: oneTimePassword });
    await expect(two.access.authenticate(shut)).rejects.toMatchObject({ code: 'PASSWORD_CHANGE_REQUIRED' });
    expect(await two.access.lastKnown(shut)).toBeUndefined();
    const { headers } = await choose(shut, oneTimePassword, 'a password of my own');
    expect(await two.access.authenticate(headers)).toMatchObject({ userId });
  });
});

describe('disabling a member', () => {
  it('ends every session and stream at once, and the person cannot sign in until enabled again', async () => {
    const pm = await enter('PM');
    const { members } = one.access;
    const closed = await closedDuring(pm.principal, async () => {
      expect(await members.setDisabled(admin.principal, pm.userId, true)).toMatchObject({ isDisabled: true });
    });
    expect(closed).toBe(true);
    expect(await one.access.authenticate(pm.headers)).toBeNull();
    await expect(signIn(one.access, pm)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await one.access.members.setDisabled(admin.principal, pm.userId, false);
    expect(await one.access.authenticate(pm.headers)).toBeNull();
    expect(await personOf(one.access, await signIn(one.access, pm))).toMatchObject({ userId: pm.userId, role: 'PM' });
  });

  it('is not done to oneself, to the last admin, or to a super administrator by less', async () => {
    const { members } = one.access;
    const root = await enter('SUPER_ADMIN');
    await expect(members.setDisabled(admin.principal, admin.userId, true)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(members.setDisabled(root.principal, root.userId, true)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(members.setDisabled(admin.principal, root.userId, true)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(members.setDisabled(admin.principal, admin.userId, false)).resolves.toMatchObject({
      isDisabled: false,
    });
  });

  it('of another workspace is not found, and one who belongs elsewhere too is left to super administrators', async () => {
    const stranger = await enter('PM', otherWorkspaceId);
    const { members } = one.access;
    await expect(members.setDisabled(admin.principal, stranger.userId, true)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await one.prisma.membership.create({ data: { workspaceId, userId: stranger.userId, role: 'PM' } });
    await expect(members.setDisabled(admin.principal, stranger.userId, true)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('disable the account'),
    });
    const root = await enter('SUPER_ADMIN');
    await expect(members.setDisabled(root.principal, stranger.userId, true)).resolves.toMatchObject({
      isDisabled: true,
    });
  });
});

describe('an actor whose rights ended since he was let in', () => {
  it('changes nothing any more', async () => {
    const second = await enter('ADMIN');
    await one.access.members.setRole(admin.principal, second.userId, 'PM');
    await expect(
      one.access.members.create(second.principal, { email: 'x@example.com', name: 'X', role: 'ADMIN' }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('the workspace of a request', () => {
  it('is the one of the header, else of the cookie, else the first membership', async () => {
    const someone = await enter('PM');
    await one.prisma.membership.create({
      data: { workspaceId: otherWorkspaceId, userId: someone.userId, role: 'CLIENT' },
    });
    one.signals.deliver([{ kind: 'member', id: someone.userId }]);
    const cookie = someone.headers.get('cookie') ?? '';
    const where = async (headers: Record<string, string>) =>
      (await one.access.authenticate(new Headers(headers)))?.workspaceId;
    const chosen = `${cookie}; hb_workspace=${otherWorkspaceId}`;
    expect(await where({ cookie })).toBe(workspaceId);
    expect(await where({ cookie: chosen })).toBe(otherWorkspaceId);
    expect(await where({ cookie: chosen, 'x-workspace-id': workspaceId })).toBe(workspaceId);
    expect(await where({ cookie: `${cookie}; hb_workspace=gone` })).toBe(workspaceId);
  });

  it('is never one the person does not belong to', async () => {
    const someone = await enter('PM');
    const cookie = someone.headers.get('cookie') ?? '';
    const named = new Headers({ cookie, 'x-workspace-id': otherWorkspaceId });
    await expect(one.access.authenticate(named)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const preferred = new Headers({ cookie: `${cookie}; hb_workspace=${otherWorkspaceId}` });
    expect(await one.access.authenticate(preferred)).toMatchObject({ workspaceId });
  });

  it('is any for a super administrator, first of all one that is no demo', async () => {
    await one.prisma.workspace.update({ where: { id: workspaceId }, data: { isDemo: true } });
    one.signals.deliver([{ kind: 'workspace', id: workspaceId }]);
    const boss = await enter('SUPER_ADMIN');
    const cookie = boss.headers.get('cookie') ?? '';
    expect(await one.access.authenticate(new Headers({ cookie }))).toMatchObject({ workspaceId: otherWorkspaceId });
    expect((await one.access.currentSession(new Headers({ cookie })))?.workspaces.map(({ id }) => id)).toEqual([
      otherWorkspaceId,
      workspaceId,
    ]);
  });
});
