import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppError } from '#domain/errors.ts';
import { createLogger } from '#platform/log.ts';
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
import { DEFAULT_RATES } from './rate-limit.ts';

let database: TestDatabase;
let one: TestAccess;
let workspaceId: string;
let person: TestPerson;
const logged: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const log = createLogger({ level: 'trace', destination: { write: (line) => void logged.push(line) } });
  // The tests come from one address and fail often.
  const config = { rates: { signIn: { ratePerSecond: 1000, burst: 1000 } } };
  one = await startTestAccess(database, { log, config });
  workspaceId = (await one.prisma.workspace.create({ data: { name: 'A', slug: 'a' } })).id;
  person = await addPerson(one.prisma, workspaceId, 'PM');
});
afterAll(async () => {
  await one.stop();
  await database.drop();
});

const ask = (request: Request) => one.access.authHandler(request, '127.0.0.1');
const refusalOf = (request: Request): Promise<AppError> =>
  ask(request).then(
    () => expect.fail('it was not refused'),
    (error: AppError) => error,
  );

describe('signing in', () => {
  it('gives a session in a cookie that scripts cannot read, and no token in the answer', async () => {
    const answer = await ask(
      authRequest('/sign-in/email', { email: person.email.toUpperCase(), password: person.password }),
    );
    expect(await answer.json()).toEqual({
      user: { id: person.userId, name: expect.any(String), email: person.email },
      passwordChangeRequired: false,
    });
    const [cookie] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^hb\.session_token=[^;]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(await one.access.authenticate(cookiesOf(answer))).toEqual({
      kind: 'user',
      userId: person.userId,
      sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      email: person.email,
      name: expect.any(String),
      superAdmin: false,
      workspaceId,
      role: 'PM',
    });
  });

  it('answers the same for a wrong address, a wrong password, an address that is none, and a disabled person', async () => {
    const disabled = await addPerson(one.prisma, workspaceId, 'PM');
    await one.prisma.user.update({ where: { id: disabled.userId }, data: { disabledAt: new Date() } });
    const attempts = [
      { email: 'nobody@example.com', password: person.password },
      { email: person.email, password: 'not-the-password' },
      { email: disabled.email, password: disabled.password },
    ];
    const answers = await Promise.all(attempts.map((body) => refusalOf(authRequest('/sign-in/email', body))));
    for (const { code, message } of answers) {
      expect({ code, message }).toEqual({
        code: 'UNAUTHENTICATED',
        message: 'The e-mail address or the password is wrong.',
      });
    }
  });

  it('makes a new session each time and takes none that is offered', async () => {
    const first = await signIn(one.access, person);
    const again = authRequest('/sign-in/email', person, { cookie: first.get('cookie') ?? '' });
    const second = cookiesOf(await ask(again));
    expect(second.get('cookie')).not.toBe(first.get('cookie'));

    const forged = new Headers({ cookie: 'hb.session_token=chosen-by-somebody-else' });
    expect(await one.access.authenticate(forged)).toBeNull();
    const token = decodeURIComponent(first.get('cookie') ?? '').replace(/^hb\.session_token=([^.]+)\..*$/, '$1');
    expect(await one.prisma.authSession.count({ where: { token } })).toBe(1);
    expect(await one.access.authenticate(new Headers({ cookie: `hb.session_token=${token}` }))).toBeNull();
    const wrongSignature = `hb.session_token=${encodeURIComponent(`${token}.${'A'.repeat(43)}=`)}`;
    expect(await one.access.authenticate(new Headers({ cookie: wrongSignature }))).toBeNull();
  });

  it('is refused when another site asks for it', async () => {
    for (const [name, value] of [
      ['origin', 'https://evil.example'],
      ['sec-fetch-site', 'cross-site'],
      ['sec-fetch-site', 'same-site'],
    ] as const) {
      expect(await refusalOf(authRequest('/sign-in/email', person, { [name]: value }))).toMatchObject({
        code: 'FORBIDDEN',
      });
    }
    const form = new Request('http://localhost:3000/api/auth/sign-in/email', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `email=${person.email}&password=${person.password}`,
    });
    expect(await refusalOf(form)).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
  });

  it('redirects nowhere', async () => {
    const answer = await ask(
      authRequest('/sign-in/email?callbackURL=https://evil.example', {
        ...person,
        callbackURL: 'https://evil.example',
      }),
    );
    expect(answer.status).toBe(200);
    expect(answer.headers.get('location')).toBeNull();
    expect(await answer.text()).not.toContain('evil');
  });

  it.each([
    ['a body that is no JSON', '{"email":', 'INVALID_JSON'],
    ['no body', '', 'INVALID_INPUT'],
    ['a member missing', '{"email":"a@b.c"}', 'INVALID_INPUT'],
    ['a member of another type', '{"email":{"$ne":null},"password":"x"}', 'INVALID_INPUT'],
    ['a body too large', JSON.stringify({ email: 'a@b.c', password: 'x'.repeat(20_000) }), 'TOO_LARGE'],
  ])('names what is wrong: %s', async (_name, body, code) => {
    const request = new Request('http://localhost:3000/api/auth/sign-in/email', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(await refusalOf(request)).toMatchObject({ code });
  });

  it.each([
    '/sign-up/email',
    '/get-session',
    '/list-sessions',
    '/update-user',
    '/delete-user',
    '/request-password-reset',
    '/ok',
    '',
  ])('leaves %s closed', async (path) => {
    expect(
      await refusalOf(authRequest(path, { email: 'new@example.com', password: 'long-enough-1', name: 'New' })),
    ).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('is no GET', async () => {
    expect(await refusalOf(new Request('http://localhost:3000/api/auth/sign-in/email'))).toMatchObject({
      code: 'METHOD_NOT_ALLOWED',
    });
  });
});

describe('the limit of attempts', () => {
  it('counts those that fail, per address, also at once', async () => {
    const slowly = { ...DEFAULT_RATES.signIn, ratePerSecond: 0.001 };
    const limited = await startTestAccess(database, { config: { rates: { signIn: slowly } } });
    const attempt = (address: string, password: string) =>
      limited.access.authHandler(authRequest('/sign-in/email', { email: person.email, password }), address).then(
        () => 'OK',
        (error: AppError) => error.code,
      );
    try {
      for (let i = 0; i < 3; i += 1) expect(await attempt('192.0.2.1', person.password)).toBe('OK');
      const codes = await Promise.all(Array.from({ length: 15 }, () => attempt('192.0.2.1', 'wrong-password')));
      expect(codes.filter((code) => code === 'UNAUTHENTICATED')).toHaveLength(10);
      expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(5);
      expect(await attempt('192.0.2.1', person.password)).toBe('RATE_LIMITED');
      expect(await attempt('192.0.2.2', person.password)).toBe('OK');
    } finally {
      await limited.stop();
    }
  });

  it('does not believe a header that a client can send', async () => {
    const limited = await startTestAccess(database, {
      config: { rates: { signIn: { ratePerSecond: 0.001, burst: 1 } } },
    });
    const attempt = (address: string) => {
      const headers = { 'x-forwarded-for': address, 'x-historybook-address': address };
      const request = authRequest('/sign-in/email', { email: person.email, password: 'wrong-password' }, headers);
      return limited.access.authHandler(request, '203.0.113.5').catch((error: AppError) => error.code);
    };
    try {
      expect(await attempt('192.0.2.1')).toBe('UNAUTHENTICATED');
      expect(await attempt('192.0.2.2')).toBe('RATE_LIMITED');
    } finally {
      await limited.stop();
    }
  });

  it('keeps the address of the socket with the session', async () => {
    const { sessionId } = await personOf(one.access, await signIn(one.access, person));
    const session = await one.prisma.authSession.findUniqueOrThrow({ where: { id: sessionId } });
    expect(session.ipAddress).toBe('127.0.0.1');
  });
});

describe('behind https', () => {
  it('makes every cookie Secure', async () => {
    const secure = await startTestAccess(database, { config: { publicUrl: 'https://history.example.com' } });
    try {
      const request = authRequest('/sign-in/email', person, { origin: 'https://history.example.com' });
      const answer = await secure.access.authHandler(request, '127.0.0.1');
      expect(answer.headers.getSetCookie()[0]).toMatch(/^__Secure-hb\.session_token=.*; Secure;/);
      expect(await secure.access.authenticate(cookiesOf(answer))).toMatchObject({ userId: person.userId });
      expect(secure.access.workspaceCookie(workspaceId)).toMatch(/SameSite=Lax; HttpOnly; Secure$/);
    } finally {
      await secure.stop();
    }
  });
});

it('no password, token or signature has reached the log', () => {
  const all = logged.join('\n');
  expect(all).toContain('better-auth');
  expect(all).not.toContain(person.password);
  expect(all).not.toContain('wrong-password');
  expect(all).not.toContain('hb.session_token=');
});
