import { OpenAPIHono } from '@hono/zod-openapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '#domain/principal.ts';
import { createTestCrm, type TestCrm, type TestWorkspace } from '#testing/crm.ts';
import { registerCampaigns } from './campaigns.ts';
import { toAppError } from './errors.ts';
import { registerLeads } from './leads.ts';
import type { RestEnv } from './route.ts';

let test: TestCrm;
let home: TestWorkspace;
let other: TestWorkspace;
let principal: Principal;
const app = new OpenAPIHono<RestEnv>();

beforeAll(async () => {
  test = await createTestCrm();
  home = await test.makeWorkspace();
  other = await test.makeWorkspace();
  app.onError((thrown, c) => {
    const error = toAppError(thrown);
    return c.body(JSON.stringify(error.toBody('request-1')), { status: error.status as never });
  });
  app.use(async (c, next) => {
    c.set('principal', principal);
    await next();
  });
  registerLeads(app, test);
  registerCampaigns(app, test);
});
afterAll(() => test.drop());

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const json: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await app.request(path, {
    method,
    headers: { ...json, ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

describe('the routes of the seed', () => {
  it('enrol, status, notes, claim and remove, each with its activity', async () => {
    principal = home.pm;
    const leadId = await home.makeLead({ firstName: 'Sarah', lastName: 'Lee', email: 'sarah@example.com' });
    const created = await call('POST', '/api/campaigns', { name: 'Problem Mapping', steps: 3 });
    expect(created).toMatchObject({ status: 201, body: { campaign: { key: 'problem_mapping', steps: 3 } } });
    const { id: campaignId } = created.body.campaign;

    const answers = [
      await call('POST', `/api/campaigns/${campaignId}/enroll`, { leadId }),
      await call('PATCH', `/api/leads/${leadId}/status`, { status: 'Contacted' }),
      await call('POST', `/api/leads/${leadId}/status`, { status: 'Replied' }),
      await call('POST', `/api/leads/${leadId}/notes`, { body: 'Asked for prices.' }),
      await call('POST', `/api/leads/${leadId}/claim`),
      await call('POST', `/api/leads/${leadId}/remove-from-campaign`, { campaignId }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    const told = (await home.book()).filter(({ subjectKey }) => subjectKey === `lead:${leadId}`);
    expect(told.map(({ id }) => id)).toEqual(answers.map(({ body }) => body.activityId));
    expect(told.map(({ type, source }) => `${source} ${type}`)).toEqual([
      'ui:campaign-enroll CAMPAIGN_ENROLLED',
      'ui:status-change STATUS_CHANGED',
      'ui:status-change STATUS_CHANGED',
      'ui:note-add NOTE_ADDED',
      'ui:lead-claim LEAD_CLAIMED',
      'ui:campaign-remove CAMPAIGN_REMOVED',
    ]);

    expect(await call('GET', `/api/leads/${leadId}`)).toMatchObject({
      status: 200,
      body: {
        lead: { id: leadId, status: 'Replied', owner: { id: home.pm.userId }, campaigns: [{ state: 'removed' }] },
      },
    });
    expect(await call('GET', '/api/leads?search=sarah+lee&limit=1&sort=name')).toMatchObject({
      status: 200,
      body: { leads: [{ id: leadId }], pagination: { page: 1, limit: 1, total: 1, totalPages: 1 } },
    });
    expect(await call('GET', '/api/campaigns')).toMatchObject({ body: { campaigns: [{ id: campaignId }] } });
  });

  it('answer a key again with the first answer, and another body with 409', async () => {
    principal = home.service;
    const leadId = await home.makeLead();
    const note = (body: string) =>
      call('POST', `/api/leads/${leadId}/notes`, { body }, { 'idempotency-key': 'note-1' });
    const first = await note('Once.');
    expect(first.body).toMatchObject({ success: true, duplicate: false });
    expect((await note('Once.')).body).toEqual({ ...first.body, duplicate: true });
    expect(await note('Twice.')).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_CONFLICT' } });
    expect(await test.crm.notesOf(home.id, leadId)).toHaveLength(1);
  });

  it('answer what is wrong in the one error shape', async () => {
    principal = home.pm;
    const leadId = await home.makeLead();
    const theirs = await other.makeLead();
    const missing = '01990000-0000-7000-8000-000000000000';
    const cases = [
      ['POST', `/api/leads/${theirs}/notes`, { body: 'x' }, 404, 'NOT_FOUND'],
      ['GET', `/api/leads/${theirs}`, undefined, 404, 'NOT_FOUND'],
      ['GET', '/api/leads/not-an-id', undefined, 404, 'NOT_FOUND'],
      ['POST', `/api/campaigns/${missing}/enroll`, { leadId }, 404, 'NOT_FOUND'],
      ['POST', `/api/leads/${leadId}/notes`, { body: '  ' }, 400, 'INVALID_INPUT'],
      ['POST', `/api/leads/${leadId}/notes`, {}, 400, 'INVALID_INPUT'],
      ['POST', `/api/leads/${leadId}/status`, undefined, 415, 'UNSUPPORTED_MEDIA_TYPE'],
      ['POST', `/api/leads/${leadId}/remove-from-campaign`, undefined, 409, 'CONFLICT'],
      ['GET', '/api/leads?limit=1000', undefined, 400, 'INVALID_INPUT'],
      ['POST', `/api/leads/${leadId}/claim`, { email: 'someone@example.com' }, 400, 'INVALID_INPUT'],
    ] as const;
    for (const [method, path, body, status, code] of cases) {
      const answer = await call(method, path, body);
      expect([path, answer.status, answer.body.code]).toEqual([path, status, code]);
      expect(answer.body).toMatchObject({
        error: expect.any(String),
        message: expect.any(String),
        requestId: 'request-1',
      });
    }
  });

  it('are closed to who lacks the permission', async () => {
    const leadId = await home.makeLead();
    principal = { ...home.service, scopes: ['leads:read'] };
    expect((await call('GET', `/api/leads/${leadId}`)).status).toBe(200);
    for (const path of [`/api/leads/${leadId}/notes`, '/api/internal/leads', '/api/campaigns']) {
      expect((await call('POST', path, { body: 'x' })).status).toBe(403);
    }
  });
});

describe('POST /api/internal/leads', () => {
  it('takes one lead, a list, and a named list', async () => {
    principal = other.service;
    const one = await call('POST', '/api/internal/leads', { airtableRecordId: 'recONE', score: 5, colour: 'red' });
    expect(one).toMatchObject({ status: 201, body: { success: true, status: 'created', ignored: ['colour'] } });
    const again = await call('POST', '/api/internal/leads', { airtableRecordId: 'recONE', score: 5 });
    expect(again).toMatchObject({ status: 200, body: { status: 'unchanged', leadId: one.body.leadId } });
    const list = await call('POST', '/api/internal/leads', [
      { airtableRecordId: 'recTWO' },
      { airtableRecordId: 'recONE' },
    ]);
    expect(list).toMatchObject({ status: 200, body: { success: true, created: 1, unchanged: 1, rejected: 0 } });
    const named = await call('POST', '/api/internal/leads', {
      leads: [{ airtableRecordId: 'recONE', score: 6 }, { score: 7 }],
      source: 'sync:sheet',
    });
    expect(named).toMatchObject({
      status: 207,
      body: { success: false, updated: 1, rejected: 1, results: [{ status: 'updated' }, { status: 'rejected' }] },
    });
    expect((await other.book()).at(-1)).toMatchObject({ type: 'ICP_SCORE_UPDATED', source: 'sync:sheet' });
  });

  it('refuses what it cannot read', async () => {
    principal = other.service;
    const leads = Array.from({ length: 1_001 }, (_, i) => ({ airtableRecordId: `rec${i}` }));
    const statuses = [];
    for (const body of [{ score: 1 }, 'text', 7, { leads: 'none' }, leads]) {
      statuses.push((await call('POST', '/api/internal/leads', body)).status);
    }
    expect(statuses).toEqual([400, 400, 400, 400, 413]);
  });
});

it('is described by the OpenAPI document', () => {
  const document = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'test', version: '1' } });
  expect(Object.keys(document.paths ?? {}).sort()).toEqual([
    '/api/campaigns',
    '/api/campaigns/{id}/enroll',
    '/api/internal/leads',
    '/api/leads',
    '/api/leads/{id}',
    '/api/leads/{id}/claim',
    '/api/leads/{id}/notes',
    '/api/leads/{id}/remove-from-campaign',
    '/api/leads/{id}/status',
  ]);
  const { LeadUpsert } = document.components?.schemas ?? {};
  expect(LeadUpsert).toMatchObject({ type: 'object', properties: { score: { type: ['integer', 'null'] } } });
  expect(JSON.stringify(LeadUpsert)).toContain('"airtableRecordId":{"type":["string","null"]');
});
