import { createTRPCClient, httpLink } from '@trpc/client';
import superjson from 'superjson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personOf } from '#testing/access.ts';
import { type Callers, startWithCallers } from '#testing/callers.ts';
import type { AppRouter } from '../trpc/router.ts';

/** Signing in and choosing a workspace as a browser does it: over HTTP, with what Set-Cookie says. */
let callers: Callers;
let credentials: { readonly email: string; readonly password: string };

beforeAll(async () => {
  callers = await startWithCallers();
  const { access } = callers.services;
  const boss = await personOf(access, new Headers(callers.person('SUPER_ADMIN').headers));
  const input = { email: 'pat@example.com', name: 'Pat', role: 'PM' } as const;
  const { oneTimePassword } = await access.members.create(boss, input);
  credentials = { email: input.email, password: oneTimePassword ?? '' };
  const second = await access.workspaces.create(boss, { name: 'Second', timeZone: 'Europe/Berlin' });
  await access.members.create({ ...boss, workspaceId: second.id }, { ...input, role: 'ADMIN' });
});
afterAll(() => callers.stop());

/** Keeps cookies as a browser does, as far as one site and one path go. */
function createBrowser() {
  const cookies = new Map<string, string>();
  const visit = async (input: string | URL, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    headers.set('sec-fetch-site', 'same-origin');
    const answer = await fetch(input, { ...init, headers });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/Max-Age=0/.test(cookie)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return answer;
  };
  const post = (path: string, body: unknown) =>
    visit(`${callers.url}/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const trpc = createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: `${callers.url}/api/trpc`,
        transformer: superjson,
        fetch: (input, init) => visit(String(input), { ...init, signal: init?.signal ?? null }),
      }),
    ],
  });
  return { cookies, post, trpc };
}

const NOBODY = {
  user: null,
  passwordChangeRequired: false,
  workspace: null,
  workspaces: [],
  role: null,
  permissions: [],
};

describe('a visit', () => {
  it('goes from nobody to a person, into another workspace, and out again', async () => {
    const { cookies, post, trpc } = createBrowser();
    expect(await trpc.session.current.query()).toEqual(NOBODY);

    const wrong = await post('/sign-in/email', { ...credentials, password: 'not-the-password' });
    expect(wrong.status).toBe(401);
    expect(await wrong.json()).toEqual({
      code: 'UNAUTHENTICATED',
      error: 'The e-mail address or the password is wrong.',
      message: 'The e-mail address or the password is wrong.',
      issues: [],
      requestId: wrong.headers.get('x-request-id'),
    });

    const welcome = await post('/sign-in/email', credentials);
    expect(await welcome.json()).toMatchObject({ user: { name: 'Pat' }, passwordChangeRequired: true });
    const { email, password: currentPassword } = credentials;
    await expect(trpc.workspaces.list.query()).rejects.toMatchObject({ data: { code: 'FORBIDDEN' } });
    const chosen = 'a password of my own';
    expect((await post('/change-password', { currentPassword, newPassword: chosen })).status).toBe(200);
    expect((await post('/sign-out', {})).status).toBe(200);
    const again = await post('/sign-in/email', { email, password: chosen });
    expect(await again.json()).toMatchObject({ passwordChangeRequired: false });
    expect(await trpc.session.current.query()).toEqual({
      user: { id: expect.any(String), name: 'Pat', email: 'pat@example.com' },
      passwordChangeRequired: false,
      workspace: expect.objectContaining({ name: 'A', role: 'PM', isDemo: false, timeZone: 'UTC' }),
      workspaces: [expect.objectContaining({ name: 'A' }), expect.objectContaining({ name: 'Second', role: 'ADMIN' })],
      role: 'PM',
      permissions: ['timeline:read', 'leads:read', 'leads:write'],
    });

    const [, second] = await trpc.workspaces.list.query();
    await trpc.session.switchWorkspace.mutate({ workspaceId: second?.id ?? '' });
    const there = await trpc.session.current.query();
    expect(there).toMatchObject({ workspace: { name: 'Second', timeZone: 'Europe/Berlin' }, role: 'ADMIN' });
    expect(there.permissions).toContain('keys:manage');

    expect((await post('/sign-out', {})).status).toBe(200);
    expect([...cookies.keys()]).toEqual(['hb_workspace']);
    expect(await trpc.session.current.query()).toEqual(NOBODY);
  });

  it('of a person who belongs to no workspace any more shows who he is and nothing else', async () => {
    const { access } = callers.services;
    const admin = await personOf(access, new Headers(callers.person('ADMIN').headers));
    const input = { email: 'left@example.com', name: 'Left', role: 'PM' } as const;
    const { member, oneTimePassword } = await access.members.create(admin, input);
    await access.members.remove(admin, member.userId);
    const { post, trpc } = createBrowser();
    await post('/sign-in/email', { email: input.email, password: oneTimePassword });
    await post('/change-password', { currentPassword: oneTimePassword, newPassword: 'a password of my own' });
    expect(await trpc.session.current.query()).toMatchObject({
      user: { name: 'Left' },
      workspace: null,
      permissions: [],
    });
    await expect(trpc.workspaces.list.query()).rejects.toMatchObject({ data: { code: 'UNAUTHORIZED' } });
  });

  it('that guesses too often is told when to try again', async () => {
    const { post } = createBrowser();
    // At once, for the bucket fills by one every six seconds.
    const guesses = Array.from({ length: 20 }, (_, i) =>
      post('/sign-in/email', { ...credentials, password: `guess-${i}` }),
    );
    const last = (await Promise.all(guesses)).find(({ status }) => status === 429);
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await last?.json()).toMatchObject({ code: 'RATE_LIMITED' });
  });
});
