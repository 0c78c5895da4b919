import { OpenAPIHono } from '@hono/zod-openapi';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Principal } from '#domain/principal.ts';
import type { KeyScope } from '#domain/roles.ts';
import { recordAliases } from '#platform/db/alias.ts';
import { createQueries } from '#query/index.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';
import { registerActivityLogs } from './activity-logs.ts';
import { toAppError } from './errors.ts';
import { registerLeadActivity } from './lead-activity.ts';
import type { RestEnv } from './route.ts';

let book: TestBook;
let workspace: string;
let principal: Principal;
let leadId: string;
const app = new OpenAPIHono<RestEnv>();

function keyOf(workspaceId: string, scopes: KeyScope[] = ['activity:read', 'timeline:read']): Principal {
  return { kind: 'key', keyId: 'key-1', name: 'analyst', workspaceId, scopes };
}

beforeAll(async () => {
  book = await createTestBook();
  workspace = await book.makeWorkspace('America/New_York');
  leadId = await book.makeLead(workspace, { firstName: 'Sarah', lastName: 'Lee', email: 'sarah@example.com' });
  principal = keyOf(workspace);
  app.onError((thrown, c) => {
    const error = toAppError(thrown);
    return c.body(JSON.stringify(error.toBody('request-1')), { status: error.status as never });
  });
  app.use(async (c, next) => {
    c.set('principal', principal);
    await next();
  });
  const query = createQueries({ pool: book.pool });
  registerActivityLogs(app, { query });
  registerLeadActivity(app, { query });
  await book.log(
    workspace,
    {
      leadId,
      type: 'MESSAGE_SENT',
      occurredAt: new Date('2025-11-07T04:59:59.999Z'),
      description: 'SMS sent: Hey Sarah',
      message: 'Hey Sarah, saw your form submission',
      metadata: { campaign_id: 'chatgpt_use_cases', phone: '408-555-1234', template_id: 't1' },
      source: 'n8n:kJMMZ10anu4NqYUL',
      executionId: '28973',
    },
    { leadId, type: 'OPT_OUT', occurredAt: new Date('2025-11-07T05:00:00.000Z'), description: 'Opted out' },
    {
      leadAirtableId: 'recUNKNOWN',
      type: 'BOOKING_CONFIRMED',
      category: 'BOOKING',
      occurredAt: new Date('2025-11-08T04:59:59.999Z'),
      description: 'Booked',
    },
  );
});
afterAll(() => book.drop());

async function get(path: string) {
  const answer = await app.request(path);
  return { status: answer.status, body: await answer.json() };
}

async function listed(query: string): Promise<string> {
  const { body } = await get(`/api/admin/activity-logs?${query}`);
  return body.activities.map(({ description }: { description: string }) => description).join(', ');
}

describe('GET /api/admin/activity-logs/{id}', () => {
  test('answers the activity of a receipt, also by another id that a receipt named', async () => {
    const [activity] = (await get('/api/admin/activity-logs?limit=1')).body.activities;
    const path = (id: string) => `/api/admin/activity-logs/${id}`;
    expect(await get(path(activity.id))).toEqual({ status: 200, body: activity });
    const alias = 'e0e8a8be-086f-8a61-9c61-23c2a6367c52';
    expect(await get(path(alias))).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    await recordAliases(book.pool, [
      { workspaceId: workspace, alias, activityId: activity.id, occurredAt: new Date(activity.timestamp) },
    ]);
    expect(await get(path(alias))).toEqual({ status: 200, body: activity });
  });

  test('knows only activities of the workspace', async () => {
    const elsewhere = await book.makeWorkspace();
    const [foreign] = await book.log(elsewhere, { description: 'of another workspace' });
    for (const id of [foreign, 'no-uuid']) {
      expect(await get(`/api/admin/activity-logs/${id}`)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    }
  });
});

describe('GET /api/admin/activity-logs', () => {
  test('answers activities and pagination in the words of the interface', async () => {
    const { status, body } = await get('/api/admin/activity-logs?limit=2');
    expect(status).toBe(200);
    expect(body.pagination).toEqual({
      page: 1,
      limit: 2,
      total: 3,
      totalPages: 2,
      totalIsCapped: false,
      nextCursor: expect.any(String),
      sort: 'time',
      order: 'desc',
    });
    const next = await get(`/api/admin/activity-logs?limit=2&cursor=${body.pagination.nextCursor}`);
    expect(next.body.activities).toEqual([
      {
        id: expect.any(String),
        timestamp: '2025-11-07T04:59:59.999Z',
        eventType: 'MESSAGE_SENT',
        category: 'SMS',
        description: 'SMS sent: Hey Sarah',
        messageContent: 'Hey Sarah, saw your form submission',
        metadata: { campaign_id: 'chatgpt_use_cases', phone: '408-555-1234', template_id: 't1' },
        source: 'n8n:kJMMZ10anu4NqYUL',
        executionId: '28973',
        lead: { id: leadId, firstName: 'Sarah', lastName: 'Lee', email: 'sarah@example.com' },
        leadAirtableId: null,
        createdBy: null,
        serviceKey: null,
        tags: [],
        actor: null,
        recordedAt: expect.any(String),
        position: expect.any(Number),
        door: 'lead',
        visibility: 'INTERNAL',
        severity: 'INFO',
        status: null,
      },
    ]);
    expect(next.body.pagination.nextCursor).toBeNull();
    expect((await get('/api/admin/activity-logs?limit=2&page=2')).body.activities).toEqual(next.body.activities);
  });

  test('takes the filters of the interface', async () => {
    expect(await listed('search=form+submission')).toBe('SMS sent: Hey Sarah');
    expect(await listed('search=sarah&eventType=OPT_OUT')).toBe('Opted out');
    expect(await listed('eventCategory=BOOKING')).toBe('Booked');
    expect(await listed(`leadId=${leadId}&order=asc`)).toBe('SMS sent: Hey Sarah, Opted out');
    expect(await listed('source=n8n:kJMMZ10anu4NqYUL')).toBe('SMS sent: Hey Sarah');
    expect(await listed('sort=type')).toBe('Opted out, SMS sent: Hey Sarah, Booked');
    expect(await listed('sort=lead&order=asc')).toBe('Opted out, SMS sent: Hey Sarah, Booked');
  });

  test('takes a date as the whole day of the workspace', async () => {
    expect(await listed('dateFrom=2025-11-07&dateTo=2025-11-07')).toBe('Booked, Opted out');
    expect(await listed('dateTo=2025-11-06')).toBe('SMS sent: Hey Sarah');
    expect(await listed('dateFrom=2025-11-07T05:00:00.000Z&dateTo=2025-11-07T05:00:00.000Z')).toBe('Opted out');
    expect(await listed('dateFrom=2025-11-07T00:00&dateTo=2025-11-07T00:00')).toBe('Opted out');
  });

  test('names the fields that are wrong', async () => {
    const query = 'page=0&limit=many&sort=size&eventCategory=nothing&leadId=7&dateFrom=yesterday';
    const { status, body } = await get(`/api/admin/activity-logs?${query}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'INVALID_INPUT', requestId: 'request-1' });
    const fields = ['eventCategory.0', 'leadId', 'dateFrom', 'page', 'limit', 'sort'];
    expect(body.issues.map(({ path }: { path: string }) => path)).toEqual(fields);
    expect((await get('/api/admin/activity-logs?cursor=x')).body.issues).toMatchObject([{ path: 'cursor' }]);
    expect((await get('/api/admin/activity-logs?page=201')).body.issues).toMatchObject([{ path: 'page' }]);
  });

  test('is for those who may read everything', async () => {
    principal = keyOf(workspace, ['timeline:read']);
    expect(await get('/api/admin/activity-logs')).toMatchObject({ status: 403, body: { error: 'Forbidden' } });
    principal = keyOf(workspace);
  });
});

describe('GET /api/leads/{id}/activity', () => {
  test('answers the timeline in the words of the interface', async () => {
    const { status, body } = await get(`/api/leads/${leadId}/activity`);
    expect(status).toBe(200);
    expect(body.timeline).toMatchObject([
      { eventType: 'OPT_OUT', description: 'Opted out', message: null, details: null },
      {
        timestamp: '2025-11-07T04:59:59.999Z',
        eventType: 'MESSAGE_SENT',
        category: 'SMS',
        message: 'Hey Sarah, saw your form submission',
        details: { campaign_id: 'chatgpt_use_cases' },
        source: 'n8n:kJMMZ10anu4NqYUL',
        executionId: '28973',
      },
    ]);
    expect(body.nextCursor).toBeNull();
    expect(body.streamCursor).toMatch(/^\d+\.\d+$/);
  });

  test('goes page by page, and narrows', async () => {
    const first = await get(`/api/leads/${leadId}/activity?limit=1`);
    const second = await get(`/api/leads/${leadId}/activity?limit=1&cursor=${first.body.nextCursor}`);
    expect(second.body).toMatchObject({ timeline: [{ eventType: 'MESSAGE_SENT' }], nextCursor: null });
    expect((await get(`/api/leads/${leadId}/activity?eventType=OPT_OUT`)).body.timeline).toHaveLength(1);
    expect((await get(`/api/leads/${leadId}/activity?limit=0`)).body.issues).toMatchObject([{ path: 'limit' }]);
  });

  test('knows only leads of the workspace', async () => {
    const foreign = await book.makeLead(await book.makeWorkspace());
    for (const id of [foreign, 'no-uuid']) {
      expect(await get(`/api/leads/${id}/activity`)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    }
  });
});
