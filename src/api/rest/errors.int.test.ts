import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatPageCursor } from '#domain/cursor.ts';
import { AppError } from '#domain/errors.ts';
import { type Callers, startWithCallers } from '#testing/callers.ts';
import { leadEvent } from '#testing/lead-door.ts';

/** What an error says to the person who has to put it right. */
const LOG = '/api/internal/log-activity';

let callers: Callers;
let headers: Record<string, string>;
beforeAll(async () => {
  callers = await startWithCallers();
  headers = { ...callers.person('ADMIN').headers };
});
afterAll(() => callers.stop());

interface Said {
  readonly status: number;
  readonly allow: string | null;
  readonly error: string;
  readonly code: string;
  readonly message: string;
}

async function say(method: string, path: string, body?: unknown, by = headers): Promise<Said> {
  const init = { method, headers: { ...by, 'content-type': 'application/json' } };
  const answer = await fetch(`${callers.url}${path}`, {
    ...init,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const allow = answer.headers.get('allow');
  return { ...((await answer.json()) as Omit<Said, 'status' | 'allow'>), status: answer.status, allow };
}

describe('what PostgreSQL cannot read', () => {
  const yearZero = '0000-01-01T00:00:00Z';
  const cursor = formatPageCursor([yearZero, '11111111-1111-4111-8111-111111111111']);

  test.each(['/api/admin/retry-queue', '/api/admin/alerts', '/api/admin/activity-logs'])(
    'a cursor of %s',
    async (path) => {
      expect(await say('GET', `${path}?cursor=${cursor}`)).toMatchObject({ status: 400, code: 'INVALID_INPUT' });
    },
  );

  test('a filter of what is to be replayed', async () => {
    const replay = (filter: object) => say('POST', '/api/admin/retry-queue/replay', filter);
    expect(await replay({ from: yearZero })).toMatchObject({ status: 400, code: 'INVALID_INPUT' });
    for (const text of ['\0', 'a\0b', '\ud800']) {
      expect((await replay({ search: text })).status).toBe(202);
      expect((await replay({ codes: [text] })).status).toBe(202);
    }
  });

  test.each([
    ['types.remove', { name: 'A\0' }],
    ['imports.removeMapping', { name: 'a\0' }],
  ])('a name for %s', async (procedure, json) => {
    expect((await say('POST', `/api/trpc/${procedure}`, { json })).status).toBe(400);
  });

  test.each([
    ['search.activities', { filter: { from: yearZero } }],
    ['retryQueue.list', { filter: { before: yearZero } }],
  ])('an instant for %s', async (procedure, json) => {
    const input = encodeURIComponent(JSON.stringify({ json }));
    expect((await say('GET', `/api/trpc/${procedure}?input=${input}`)).status).toBe(400);
  });
});

describe('an error', () => {
  test('names the first fields and what is wrong, and counts the others', async () => {
    const { message, error } = await say('POST', LOG, {});
    expect(message).toBe('eventType: is required; eventCategory: is required; …and 3 more');
    expect(error).toBe('Missing required fields: eventType, eventCategory, leadAirtableId, description, source');
    const one = await say('POST', LOG, leadEvent({ leadEmail: 'nobody' }));
    expect(one.message).toBe('leadEmail: must be an e-mail address');
    expect(one.error).toBe('Some fields are missing or not as they should be.');
    const metadata = await say('POST', LOG, leadEvent({ metadata: { step: 'one' } }));
    expect(metadata.message).toMatch(/^The metadata does not fit MESSAGE_SENT\. metadata\.step: /);
  });

  test('keeps its message when the event goes into quarantine', () => {
    const refused = new AppError('UNKNOWN_LEAD', { issues: [{ path: 'leadId', message: 'names no lead' }] });
    expect(refused.inQuarantine('q').message).toBe(refused.message);
    expect(refused.message).toBe('There is no lead with this id in the workspace. leadId: names no lead');
  });

  test('asks for the type that was probably meant, also one of the workspace', async () => {
    const typo = await say('POST', LOG, leadEvent({ eventType: 'MESAGE_SENT' }));
    expect(typo).toMatchObject({ status: 422, code: 'UNKNOWN_TYPE' });
    expect(typo.message).toContain('did you mean MESSAGE_SENT?');
    const { workspaceId } = callers.ids;
    await callers.services.types.register(workspaceId, { name: 'DEMO_HELD', category: 'SYSTEM', label: 'Demo held' });
    const custom = await say('POST', LOG, leadEvent({ eventType: 'demo_hold', eventCategory: 'SYSTEM' }));
    expect(custom.message).toContain('did you mean DEMO_HELD?');
    const unknown = await say('POST', LOG, leadEvent({ eventType: 'SOMETHING_ELSE' }));
    expect(unknown.message).toContain('an administrator can register it');
  });

  test('says which permission or scope is missing', async () => {
    const pm = await say('GET', '/api/admin/activity-logs', undefined, { ...callers.person('PM').headers });
    expect(pm).toMatchObject({ status: 403, error: 'Forbidden' });
    expect(pm.message).toBe('Your role in this workspace (PM) lacks the permission activity:read.');
    const key = callers.insiders.find(({ name }) => name === 'key with activity:read');
    const refused = await say('POST', LOG, leadEvent(), { ...key?.headers });
    expect(refused).toMatchObject({ status: 403, error: 'Forbidden' });
    expect(refused.message).toContain('lacks the scope activity:write');
    const never = await say('POST', '/api/admin/imports', {}, { ...key?.headers });
    expect(never).toMatchObject({ status: 403 });
    expect(never.message).toContain('which no service key can have');
  });

  test('says in words of its own what kind of value a field takes', async () => {
    const wrong = await say('POST', LOG, leadEvent({ description: 5 as unknown as string }));
    expect(wrong).toMatchObject({ status: 400, message: 'description: must be text, not the number 5' });
    const list = await say('POST', LOG, []);
    expect(list).toMatchObject({ status: 400, message: 'body: must be an object, not a list' });
    const seconds = await say('POST', LOG, leadEvent({ timestamp: 1_700_000_000 as unknown as string }));
    expect(seconds).toMatchObject({ status: 422, code: 'IMPOSSIBLE_TIME' });
    expect(seconds.message).toContain('a number is milliseconds since 1970');
  });

  test.each(['retry-queue', 'retry-queue/replays', 'alerts'])('says that nothing has an id of %s', async (list) => {
    const { status, message } = await say('GET', `/api/admin/${list}/01a1fd0b-b46a-7000-a91c-3b4fd0bc2309`);
    expect(status).toBe(404);
    expect(message).toMatch(/^There is no such (entry|replay|alert)/);
  });

  test('says that an id is none', async () => {
    for (const path of ['/api/leads/recABC123', '/api/leads/42/activity', '/api/admin/retry-queue/x']) {
      const { status, message } = await say('GET', path);
      expect(status).toBe(404);
      expect(message).toContain('ids are UUIDs');
    }
    const enroll = await say('POST', `/api/campaigns/${callers.ids.campaignId}/enroll`, { leadId: 'recABC123' });
    expect(enroll).toMatchObject({ status: 400, message: 'leadId: must be the id of a lead (a UUID)' });
    const workspace = await say('GET', '/api/leads', undefined, { ...headers, 'x-workspace-id': 'acme' });
    expect(workspace).toMatchObject({ status: 404 });
    expect(workspace.message).toContain('x-workspace-id must be the id of one (a UUID)');
  });

  test.each([
    ['/api/admin/activity-logs?limit=abc', 'limit: must be a whole number from 1 to 200'],
    ['/api/admin/activity-logs?limit=1000', 'limit: must be a whole number from 1 to 200'],
    ['/api/admin/activity-logs?page=0', 'page: must be a whole number from 1 to 1000000'],
    ['/api/admin/activity-logs?sort=name', 'sort: must be time, lead or type'],
    ['/api/admin/activity-logs?order=down', 'order: must be desc or asc'],
    [
      '/api/admin/activity-logs?eventCategory=SMS,MAIL',
      'eventCategory.1: must be SMS, CAMPAIGN, BOOKING, CONVERSATION, MANUAL or SYSTEM',
    ],
    ['/api/admin/activity-logs?leadId=rec1', 'leadId: must be the id of a lead (a UUID)'],
    ['/api/admin/activity-logs?dateFrom=yesterday', 'dateFrom: must be a date such as 2025-11-07, or a date and time'],
    ['/api/leads?sort=age', 'sort: must be name, lastActivityAt, score, status or createdAt'],
    ['/api/leads?ownerId=me', 'ownerId: must be the id of a person (a UUID) or none'],
    ['/api/leads?archived=yes', 'archived: must be 0 or 1'],
    ['/api/admin/retry-queue?state=open', 'state: must be waiting, replayed or discarded'],
  ])('%s: %s', async (path, message) => {
    expect(await say('GET', path)).toMatchObject({ status: 400, code: 'INVALID_INPUT', message });
  });

  test.each([
    ['GET', LOG, 'POST'],
    ['DELETE', `${LOG}/batch`, 'POST'],
    ['PUT', '/api/internal/leads', 'POST'],
    ['DELETE', '/api/leads/0198c2a1-7c00-7000-8000-00000000001d', 'GET'],
    ['GET', '/api/leads/0198c2a1-7c00-7000-8000-00000000001d/status', 'PATCH, POST'],
    ['DELETE', '/api/campaigns', 'GET, POST'],
    ['POST', '/api/stream', 'GET'],
  ])('%s %s is told what the path takes: %s', async (method, path, allow) => {
    const said = await say(method, path);
    expect(said).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED', allow });
  });

  test('is 404 where there is nothing, whatever the method', async () => {
    for (const [method, path] of [
      ['GET', '/api/lead'],
      ['POST', '/api/leads/x/y/z'],
      ['GET', '/api/'],
    ] as const) {
      expect(await say(method, path)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    }
  });
});
