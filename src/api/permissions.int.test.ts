import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PERMISSIONS } from '#domain/roles.ts';
import { authRequest, cookiesOf, personOf, signIn } from '#testing/access.ts';
import { type Caller, type Callers, nobody, startWithCallers } from '#testing/callers.ts';
import { createApi } from './http/api.ts';
import { routePermissions } from './rest/route.ts';
import { PLAIN_PATH } from './stream/index.ts';
import { appRouter } from './trpc/router.ts';

/**
 * Every way in, called by everybody: what domain/roles.ts says is what a real server answers, over HTTP. A route or
 * procedure that names no permission fails here, and so does one that takes an id without an example to prove that
 * another workspace's id is not found.
 */
let callers: Callers;

beforeAll(async () => {
  callers = await startWithCallers();
});
afterAll(() => callers.stop());

const EXTERNAL = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
const REFUSED = { status: 403, code: 'FORBIDDEN' };
const UNKNOWN = { status: 401, code: 'UNAUTHENTICATED' };
const HIDDEN = { status: 404, code: 'NOT_FOUND' };
/** Of everything, to who came in with a password that somebody else has seen. */
const SHUT = { status: 403, code: 'PASSWORD_CHANGE_REQUIRED' };

describe('REST', () => {
  /** Open on purpose: sign-in is for nobody yet, the document holds no data, tRPC has its own table below. */
  const OPEN = ['/api/auth/*', '/api/trpc/*', '/api/openapi.json', '/api/docs'];
  const routes = [...routePermissions].map(([route, permission]) => {
    const [method = '', template = ''] = route.split(' ');
    return { route, method, template, permission };
  });

  /** Bodies that are right, for routes that take an id: so that only the id is wrong. */
  const BODIES: Readonly<Record<string, () => unknown>> = {
    'POST /api/leads/{id}/remove-from-campaign': () => ({}),
    'POST /api/leads/{id}/status': () => ({ status: 'Contacted' }),
    'PATCH /api/leads/{id}/status': () => ({ status: 'Contacted' }),
    'POST /api/leads/{id}/notes': () => ({ body: 'From next door' }),
    'POST /api/leads/{id}/claim': () => ({}),
    'POST /api/campaigns/{id}/enroll': () => ({ leadId: callers.ids.leadId }),
    'PATCH /api/admin/retry-queue/{id}': () => ({ body: {} }),
    'POST /api/admin/retry-queue/{id}/replay': () => ({}),
    'POST /api/admin/retry-queue/{id}/link-lead': () => ({ leadId: callers.ids.leadId }),
    'POST /api/admin/retry-queue/{id}/create-lead': () => ({}),
    'POST /api/admin/retry-queue/{id}/discard': () => ({ reason: 'From next door' }),
    'POST /api/admin/retry-queue/replays/{id}/cancel': () => ({}),
    'POST /api/admin/alerts/{id}/acknowledge': () => ({}),
  };

  /** Whose id a path takes; leads where nothing else is said. */
  const IDS = [
    ['/api/campaigns/', () => callers.ids.campaignId],
    ['/api/admin/retry-queue/replays/', () => callers.ids.replayId],
    ['/api/admin/retry-queue/', () => callers.ids.quarantineId],
    ['/api/admin/alerts/', () => callers.ids.alertId],
    ['/api/admin/imports/', () => callers.ids.importId],
    ['/api/admin/parity/', () => callers.ids.parityId],
    ['/', () => callers.ids.leadId],
  ] as const;
  const pathOf = (template: string) =>
    template.replace('{id}', IDS.find(([prefix]) => template.startsWith(prefix))?.[1]() ?? '');

  it('has no route without a permission', () => {
    const known = new Set(routes.map(({ method, template }) => `${method} ${template.replace(/\{(\w+)\}/g, ':$1')}`));
    const unguarded = createApi(callers.services)
      .routes.filter(({ method, path }) => !(method === 'ALL' && path.endsWith('/*') && !OPEN.includes(path)))
      .filter(({ path }) => !OPEN.some((open) => path === open || path.startsWith('/api/docs/')))
      .map(({ method, path }) => `${method} ${path}`)
      .filter((route) => !known.has(route));
    expect(unguarded).toEqual([]);
    expect(routes.length).toBeGreaterThan(10);
    expect(routes.every(({ permission }) => PERMISSIONS.includes(permission))).toBe(true);
  });

  it.each(routes)('$route is for those with $permission', async ({ route, method, template, permission }) => {
    const path = pathOf(template);
    expect(await callers.call(method, path, nobody)).toEqual(UNKNOWN);
    expect(await callers.call(method, path, { ...nobody, headers: { 'x-api-key': 'hb_wrong' } })).toEqual(UNKNOWN);
    expect(await callers.call(method, path, callers.intruder)).toEqual(HIDDEN);
    expect(await callers.call(method, path, callers.newcomer)).toEqual(SHUT);
    for (const caller of callers.insiders) {
      const { status, code } = await callers.call(method, path, caller);
      if (caller.may(permission)) expect([401, 403, 500], `${caller.name}: ${code}`).not.toContain(status);
      else expect({ status, code }, caller.name).toEqual(REFUSED);
    }
    if (!template.includes('{')) return;
    if (method !== 'GET') expect(BODIES, 'an example body').toHaveProperty([route]);
    expect(await callers.call(method, path, callers.neighbour, BODIES[route]?.())).toEqual(HIDDEN);
  });

  it.each(routes.filter(({ method }) => method !== 'GET'))('$route is not for pages of others', async (route) => {
    const { method, template } = route;
    expect(await callers.call(method, pathOf(template), callers.person('SUPER_ADMIN'), {}, EXTERNAL)).toEqual(REFUSED);
    const { origin, ...unmarked } = callers.person('SUPER_ADMIN').headers;
    expect(origin).toBe(callers.url);
    expect(await callers.call(method, pathOf(template), { ...nobody, headers: unmarked })).toEqual(REFUSED);
  });
});

const definition = z.object({
  type: z.enum(['query', 'mutation', 'subscription']),
  meta: z.object({ permission: z.enum([...PERMISSIONS, 'signed-in', 'anybody']).optional() }).optional(),
  inputs: z.array(z.unknown()),
});

const page = z.object({ result: z.object({ data: z.object({ json: z.object({ rows: z.array(z.unknown()) }) }) }) });

describe('tRPC', () => {
  // tRPC keeps them flat, under their whole path, whatever its types say.
  const procedures = Object.entries<object>(appRouter._def.procedures).map(([path, procedure]) => {
    const { type, meta, inputs } = definition.parse(Reflect.get(procedure, '_def'));
    return { path, type, inputs, permission: meta?.permission };
  });

  const RULE = { name: 'From next door', kind: 'undelivered', severity: 'warning', remindMinutes: 0 };
  /** Inputs that are right but for their ids, which belong to A; called from B. */
  const FOREIGN: Readonly<Record<string, () => unknown>> = {
    'session.switchWorkspace': () => ({ workspaceId: callers.ids.workspaceId }),
    'workspaces.removeDemo': () => ({ workspaceId: callers.ids.workspaceId }),
    'members.setRole': () => ({ userId: callers.ids.userId, role: 'CLIENT' }),
    'members.setDisabled': () => ({ userId: callers.ids.userId, disabled: true }),
    'members.remove': () => ({ userId: callers.ids.userId }),
    'members.resetPassword': () => ({ userId: callers.ids.userId }),
    'keys.rotate': () => ({ id: callers.ids.keyId, overlapHours: 1 }),
    'keys.revoke': () => ({ id: callers.ids.keyId }),
    'timeline.lead': () => ({ leadId: callers.ids.leadId }),
    'leads.byId': () => ({ id: callers.ids.leadId }),
    'leads.notes': () => ({ leadId: callers.ids.leadId }),
    'leads.enroll': () => ({ leadId: callers.ids.leadId, campaignId: callers.ids.campaignId }),
    'leads.removeFromCampaign': () => ({ leadId: callers.ids.leadId }),
    'leads.setStatus': () => ({ leadId: callers.ids.leadId, status: 'Contacted' }),
    'leads.addNote': () => ({ leadId: callers.ids.leadId, body: 'From next door' }),
    'leads.claim': () => ({ leadId: callers.ids.leadId }),
    'leads.assign': () => ({ leadId: callers.ids.leadId, userId: null }),
    'leads.archive': () => ({ leadId: callers.ids.leadId }),
    'leads.restore': () => ({ leadId: callers.ids.leadId }),
    'campaigns.update': () => ({ id: callers.ids.campaignId, name: 'From next door' }),
    'retryQueue.get': () => ({ id: callers.ids.quarantineId }),
    'retryQueue.check': () => ({ id: callers.ids.quarantineId }),
    'retryQueue.edit': () => ({ id: callers.ids.quarantineId, text: '{}' }),
    'retryQueue.replay': () => ({ id: callers.ids.quarantineId }),
    'retryQueue.linkLead': () => ({ id: callers.ids.quarantineId, leadId: callers.ids.leadId }),
    'retryQueue.createLead': () => ({ id: callers.ids.quarantineId, lead: {} }),
    'retryQueue.discard': () => ({ id: callers.ids.quarantineId, reason: 'From next door' }),
    'retryQueue.restore': () => ({ id: callers.ids.quarantineId }),
    'retryQueue.progress': () => ({ id: callers.ids.replayId }),
    'retryQueue.cancel': () => ({ id: callers.ids.replayId }),
    'imports.byId': () => ({ id: callers.ids.importId }),
    'imports.rejected': () => ({ id: callers.ids.importId }),
    'imports.stop': () => ({ id: callers.ids.importId }),
    'imports.resume': () => ({ id: callers.ids.importId }),
    'imports.importTried': () => ({ id: callers.ids.importId }),
    'parity.byId': () => ({ id: callers.ids.parityId }),
    'parity.items': () => ({ id: callers.ids.parityId }),
    'parity.stop': () => ({ id: callers.ids.parityId }),
    'parity.importMissing': () => ({ id: callers.ids.parityId }),
    'alerts.deliveries': () => ({ id: callers.ids.alertId }),
    'alerts.acknowledge': () => ({ id: callers.ids.alertId }),
    'alerts.mute': () => ({ id: callers.ids.alertId, minutes: 60 }),
    'alerts.createRule': () => ({ ...RULE, channelIds: [callers.ids.channelId] }),
    'alerts.updateRule': () => ({ id: callers.ids.ruleId, rule: RULE }),
    'alerts.enableRule': () => ({ id: callers.ids.ruleId, enabled: false }),
    'alerts.muteRule': () => ({ id: callers.ids.ruleId, minutes: 60 }),
    'alerts.removeRule': () => ({ id: callers.ids.ruleId }),
    'alerts.updateChannel': () => ({ id: callers.ids.channelId, name: 'From next door' }),
    'alerts.rotateChannelSecret': () => ({ id: callers.ids.channelId }),
    'alerts.removeChannel': () => ({ id: callers.ids.channelId }),
    'alerts.testChannel': () => ({ id: callers.ids.channelId }),
  };

  /** Ids that only narrow what is found: those of A find nothing in B. */
  const NARROWING: Readonly<Record<string, () => unknown>> = {
    'leads.list': () => ({ campaignId: callers.ids.campaignId }),
    'search.activities': () => ({ filter: { leadId: callers.ids.leadId } }),
    'retryQueue.list': () => ({ filter: { ids: [callers.ids.quarantineId] } }),
  };
  /** What is done to all that a filter finds: with ids of A, nothing in B. */
  const DONE_TO_NOTHING: Readonly<Record<string, object>> = {
    'retryQueue.counts': { waiting: 0, replayed: 0, discarded: 0 },
    'retryQueue.replayAll': { total: 0 },
    'retryQueue.tryAll': { matching: 0, tried: 0 },
    'retryQueue.discardAll': { discarded: 0 },
  };
  /** Follows what will come; that it is of B alone is live/'s to prove. */
  const FOLLOWING = ['live.activities'];

  const ask = (path: string, type: string, caller: Caller, input: unknown, more = {}) => {
    const wrapped = { json: input };
    return type === 'mutation'
      ? callers.call('POST', `/api/trpc/${path}`, caller, wrapped, more)
      : callers.call(
          'GET',
          `/api/trpc/${path}?input=${encodeURIComponent(JSON.stringify(wrapped))}`,
          caller,
          undefined,
          more,
        );
  };
  /** An input that no procedure takes: whoever may call is told so, and nothing happens. */
  const WRONG_INPUT = 1;

  it('has no procedure without a permission', () => {
    const unguarded = procedures.filter(({ permission }) => permission === undefined).map(({ path }) => path);
    expect(unguarded).toEqual([]);
    const open = procedures.filter(({ permission }) => permission === 'anybody').map(({ path }) => path);
    expect(open).toEqual(['session.current']);
  });

  it.each(procedures)('$path is for those with $permission', async ({ path, type, inputs, permission }) => {
    if (permission === undefined || permission === 'anybody') return;
    expect(await ask(path, type, nobody, WRONG_INPUT)).toEqual(UNKNOWN);
    expect(await ask(path, type, callers.intruder, WRONG_INPUT)).toEqual(HIDDEN);
    expect(await ask(path, type, callers.newcomer, WRONG_INPUT)).toEqual(SHUT);
    for (const caller of callers.insiders) {
      const isAllowed = permission === 'signed-in' || caller.may(permission);
      // Without an input to refuse, a mutation would do what it does.
      if (isAllowed && type === 'mutation' && inputs.length === 0) continue;
      const { status, code } = await ask(path, type, caller, WRONG_INPUT);
      const isPersonal = permission === 'signed-in' && 'x-api-key' in caller.headers;
      if (!isAllowed) expect({ status, code }, caller.name).toEqual(REFUSED);
      else if (isPersonal) expect([401, 500], `${caller.name}: ${code}`).not.toContain(status);
      else expect([401, 403, 500], `${caller.name}: ${code}`).not.toContain(status);
    }
  });

  const withIds = procedures.filter(({ path, inputs }) => takesAnId(inputs) && !FOLLOWING.includes(path));

  it.each(withIds.filter(({ path }) => !(path in NARROWING) && !(path in DONE_TO_NOTHING)))(
    '$path does not find ids of others',
    async ({ path, type }) => {
      const example = FOREIGN[path];
      expect(example, 'an example input').toBeDefined();
      expect(await ask(path, type, callers.neighbour, example?.())).toEqual(HIDDEN);
    },
  );

  it.each(Object.entries(NARROWING))('%s finds nothing by ids of others', async (path, example) => {
    const rowsFor = async ({ headers }: Caller) => {
      const input = encodeURIComponent(JSON.stringify({ json: example() }));
      const answer = await fetch(`${callers.url}/api/trpc/${path}?input=${input}`, { headers });
      return page.parse(await answer.json()).result.data.json.rows.length;
    };
    expect(await rowsFor(callers.person('ADMIN'))).toBeGreaterThan(0);
    expect(await rowsFor(callers.neighbour)).toBe(0);
  });

  it.each(procedures.filter(({ path }) => path in DONE_TO_NOTHING))(
    '$path does nothing to ids of others',
    async (it) => {
      const { path, type } = it;
      const filter = { ids: [callers.ids.quarantineId] };
      const input = path === 'retryQueue.discardAll' ? { filter, reason: 'From next door' } : { filter };
      const { headers } = callers.neighbour;
      const wrapped = JSON.stringify({ json: input });
      const answer =
        type === 'mutation'
          ? await fetch(`${callers.url}/api/trpc/${path}`, {
              method: 'POST',
              headers: { ...headers, 'content-type': 'application/json' },
              body: wrapped,
            })
          : await fetch(`${callers.url}/api/trpc/${path}?input=${encodeURIComponent(wrapped)}`, { headers });
      expect(await answer.json()).toMatchObject({ result: { data: { json: DONE_TO_NOTHING[path] } } });
    },
  );

  it.each(procedures.filter(({ type }) => type === 'mutation'))(
    '$path is not for pages of others',
    async ({ path }) => {
      expect(await ask(path, 'mutation', callers.person('SUPER_ADMIN'), WRONG_INPUT, EXTERNAL)).toEqual(REFUSED);
    },
  );

  it('changes nothing by GET', async () => {
    for (const { path } of procedures.filter(({ type }) => type === 'mutation')) {
      expect((await ask(path, 'query', callers.person('SUPER_ADMIN'), WRONG_INPUT)).status).toBe(405);
    }
  });
});

/** Whether the input has an id somewhere. */
function takesAnId(inputs: readonly unknown[]): boolean {
  return inputs.some((input) => {
    if (!(input instanceof z.ZodType)) return false;
    const { properties, anyOf = [] } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
    const members = [properties, ...anyOf.map((option) => option.properties)];
    return members.some((member) => JSON.stringify(member ?? {}).includes('"uuid"'));
  });
}

describe('live streams', () => {
  const ofLead = () => `?leadId=${callers.ids.leadId}`;

  it('are for nobody who is nobody, nor for somebody in another workspace', async () => {
    for (const path of [PLAIN_PATH, `${PLAIN_PATH}${ofLead()}`, '/api/trpc/live.activities']) {
      expect(await callers.call('GET', path, nobody)).toEqual(UNKNOWN);
      expect(await callers.call('GET', path, callers.intruder)).toEqual(HIDDEN);
      expect(await callers.call('GET', path, callers.newcomer)).toEqual(SHUT);
    }
  });

  it('of everything are for those with activity:read, of one lead also for those with timeline:read', async () => {
    for (const caller of callers.insiders) {
      for (const [path, isAllowed] of [
        [PLAIN_PATH, caller.may('activity:read')],
        [`${PLAIN_PATH}${ofLead()}`, caller.may('activity:read') || caller.may('timeline:read')],
      ] as const) {
        if (isAllowed) expect(await opens(path, caller), caller.name).toBe(true);
        else expect(await callers.call('GET', path, caller), caller.name).toEqual(REFUSED);
      }
    }
  });

  it('end when the key is revoked', async () => {
    const { access } = callers.services;
    const admin = await personOf(access, new Headers(callers.person('ADMIN').headers));
    const { secret, key } = await access.keys.create(admin, { name: 'to be revoked', scopes: ['activity:read'] });
    const headers = { 'x-api-key': secret };
    const answer = await fetch(`${callers.url}${PLAIN_PATH}`, { headers });
    expect(answer.status).toBe(200);
    await access.keys.revoke(admin, key.id);
    // Ends, or this would wait for ever.
    await answer.text();
    expect(await callers.call('GET', PLAIN_PATH, { ...nobody, headers })).toEqual(UNKNOWN);
  });
});

async function opens(path: string, caller: Caller): Promise<boolean> {
  const abort = new AbortController();
  const answer = await fetch(`${callers.url}${path}`, { headers: caller.headers, signal: abort.signal });
  const isStream =
    answer.status === 200 && answer.headers.get('content-type')?.startsWith('text/event-stream') === true;
  abort.abort();
  return isStream;
}

describe('a one-time password', () => {
  const whoAmI = async (headers: Readonly<Record<string, string>>) => {
    const answer = await fetch(`${callers.url}/api/trpc/session.current`, { headers });
    return z.object({ result: z.object({ data: z.object({ json: z.unknown() }) }) }).parse(await answer.json()).result
      .data.json;
  };

  it('lets its person see who he is, and nothing of any workspace, also beside calls that are refused', async () => {
    const { headers } = callers.newcomer;
    const nothing = { workspace: null, workspaces: [], role: null, permissions: [] };
    expect(await whoAmI(headers)).toMatchObject({ user: { name: 'New' }, passwordChangeRequired: true, ...nothing });
    const inWorkspace = { ...headers, 'x-workspace-id': callers.ids.workspaceId };
    expect(await whoAmI(inWorkspace)).toMatchObject({ passwordChangeRequired: true, ...nothing });
    const both = await fetch(`${callers.url}/api/trpc/session.current,workspaces.list?batch=1&input={}`, { headers });
    expect(await both.json()).toEqual([
      { result: { data: { json: expect.objectContaining({ passwordChangeRequired: true }) } } },
      { error: { json: expect.objectContaining({ data: expect.objectContaining({ httpStatus: 403 }) }) } },
    ]);
  });

  it('says in the one error shape what to do', async () => {
    const answer = await fetch(`${callers.url}/api/admin/activity-logs`, { headers: callers.newcomer.headers });
    expect(await answer.json()).toEqual({
      error: expect.stringContaining('Choose a password of your own first'),
      code: 'PASSWORD_CHANGE_REQUIRED',
      message: expect.stringContaining('/choose-password'),
      issues: [],
      requestId: answer.headers.get('x-request-id'),
    });
  });

  it('opens everything once another one was chosen, to that session and no older one', async () => {
    const { access } = callers.services;
    const boss = await personOf(access, new Headers(callers.person('SUPER_ADMIN').headers));
    const email = 'chooser@example.com';
    const { oneTimePassword } = await access.members.create(boss, { email, name: 'Chooser', role: 'PM' });
    const currentPassword = oneTimePassword ?? '';
    const before = (await signIn(access, { email, password: currentPassword })).get('cookie') ?? '';
    const caller = (cookie: string): Caller => ({ ...nobody, headers: { cookie, origin: callers.url } });
    expect(await callers.call('GET', '/api/leads', caller(before))).toEqual(SHUT);

    const change = authRequest('/change-password', { currentPassword, newPassword: 'only-mine' }, { cookie: before });
    const after = cookiesOf(await access.authHandler(change, undefined)).get('cookie') ?? '';
    expect(await callers.call('GET', '/api/leads', caller(after))).toMatchObject({ status: 200 });
    expect(await whoAmI(caller(after).headers)).toMatchObject({ passwordChangeRequired: false, role: 'PM' });
    expect(await callers.call('GET', '/api/leads', caller(before))).toEqual(UNKNOWN);
  });
});
