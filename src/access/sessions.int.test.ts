import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppError } from '#domain/errors.ts';
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
let two: TestAccess;
let workspaceId: string;
let person: TestPerson;

beforeAll(async () => {
  database = await createTestDatabase();
  one = await startTestAccess(database);
  two = await startTestAccess(database);
  workspaceId = (await one.prisma.workspace.create({ data: { name: 'A', slug: 'a' } })).id;
  person = await addPerson(one.prisma, workspaceId, 'PM');
});
afterAll(async () => {
  await one.stop();
  await two.stop();
  await database.drop();
});

const ask = (request: Request) => one.access.authHandler(request, '127.0.0.1');
const refusalOf = (request: Request): Promise<AppError> =>
  ask(request).then(
    () => expect.fail('it was not refused'),
    (error: AppError) => error,
  );

describe('signing out', () => {
  it('ends the session at once in every process and closes what it holds open', async () => {
    const headers = await signIn(one.access, person);
    const principal = await one.access.authenticate(headers);
    expect(await two.access.authenticate(headers)).toEqual(principal);
    const closedThere = new Promise<boolean>((resolve) => {
      two.access.onRevoked((match) => resolve(principal !== null && match(principal)));
    });
    const answer = await ask(authRequest('/sign-out', {}, { cookie: headers.get('cookie') ?? '' }));
    expect(answer.headers.getSetCookie().join()).toMatch(/hb\.session_token=; Max-Age=0/);
    expect(await one.access.authenticate(headers)).toBeNull();
    expect(await closedThere).toBe(true);
    expect(await two.access.authenticate(headers)).toBeNull();
  });
});

describe('changing one’s password', () => {
  it('needs the old one, and ends the other sessions', async () => {
    const someone = await addPerson(one.prisma, workspaceId, 'PM');
    const here = await signIn(one.access, someone);
    const elsewhere = await signIn(one.access, someone);
    const cookie = { cookie: here.get('cookie') ?? '' };
    const wrong = { currentPassword: 'wrong-password', newPassword: 'another-password-1' };
    expect(await refusalOf(authRequest('/change-password', wrong, cookie))).toMatchObject({ code: 'INVALID_INPUT' });
    const short = { currentPassword: someone.password, newPassword: 'short' };
    expect(await refusalOf(authRequest('/change-password', short, cookie))).toMatchObject({ code: 'INVALID_INPUT' });

    const right = { currentPassword: someone.password, newPassword: 'another-password-1', revokeOtherSessions: false };
    const answer = await ask(authRequest('/change-password', right, cookie));
    expect(await one.access.authenticate(cookiesOf(answer))).toMatchObject({ userId: someone.userId });
    expect(await one.access.authenticate(elsewhere)).toBeNull();
    expect(await one.access.authenticate(here)).toBeNull();
    await signIn(one.access, { email: someone.email, password: 'another-password-1' });
    expect(await refusalOf(authRequest('/sign-in/email', someone))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('is not for nobody', async () => {
    const body = { currentPassword: 'x', newPassword: 'another-password-1' };
    expect(await refusalOf(authRequest('/change-password', body))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('sessions', () => {
  it('of a person who is disabled later, end within seconds, and at once with a signal', async () => {
    const someone = await addPerson(one.prisma, workspaceId, 'PM');
    const headers = await signIn(one.access, someone);
    expect(await one.access.authenticate(headers)).not.toBeNull();
    await one.prisma.user.update({ where: { id: someone.userId }, data: { disabledAt: new Date() } });
    one.signals.deliver([{ kind: 'member', id: someone.userId }]);
    expect(await one.access.authenticate(headers)).toBeNull();
  });

  it('that have expired are nobody, and are removed', async () => {
    const headers = await signIn(one.access, person);
    const { sessionId: id } = await personOf(one.access, headers);
    await one.prisma.authSession.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1) } });
    one.signals.deliver([{ kind: 'session', id }]);
    expect(await one.access.authenticate(headers)).toBeNull();
    expect(await one.prisma.authSession.count({ where: { id } })).toBe(0);
  });

  it('that are in use live on, once a day', async () => {
    const headers = await signIn(one.access, person);
    expect(await one.access.refreshSession(headers)).toEqual([]);
    const { sessionId: id } = await personOf(one.access, headers);
    await one.prisma.authSession.update({ where: { id }, data: { expiresAt: new Date(Date.now() + 3_600_000) } });
    one.signals.deliver([{ kind: 'session', id }]);
    expect((await one.access.refreshSession(headers)).join()).toContain('hb.session_token=');
    const session = await one.prisma.authSession.findUniqueOrThrow({ where: { id } });
    expect(session.expiresAt.getTime()).toBeGreaterThan(Date.now() + 6 * 24 * 3_600_000);
  });

  it('are looked up once for many requests', async () => {
    const headers = await signIn(one.access, person);
    const queries: string[] = [];
    const query = database.pool.query;
    const connect = database.pool.connect;
    Object.assign(database.pool, {
      query: (...args: never[]) => {
        queries.push('query');
        return Reflect.apply(query, database.pool, args);
      },
      connect: (...args: never[]) => {
        queries.push('connect');
        return Reflect.apply(connect, database.pool, args);
      },
    });
    try {
      await Promise.all(Array.from({ length: 50 }, () => one.access.authenticate(headers)));
    } finally {
      Object.assign(database.pool, { query, connect });
    }
    expect(queries.length).toBeGreaterThan(0);
    // Not one each; the chores of two processes may come between.
    expect(queries.length).toBeLessThan(30);
  });
});
