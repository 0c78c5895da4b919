import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { personOf, signIn } from '#testing/access.ts';
import { exampleEvent } from '#testing/example-event.ts';
import { type IngestApp, startIngestApp } from '#testing/ingest-app.ts';

const TOKEN = 'a-token-for-those-who-scrape';
const PASSWORD = 'correct horse battery';
const lineSchema = z.strictObject({
  level: z.string(),
  time: z.iso.datetime(),
  requestId: z.string(),
  method: z.string(),
  route: z.string(),
  status: z.int(),
  durationMs: z.number(),
  caller: z.enum(['user', 'key', 'nobody']),
  workspaceId: z.uuid().optional(),
  msg: z.literal('request'),
});

let app: IngestApp;
beforeAll(async () => {
  app = await startIngestApp({ METRICS_TOKEN: TOKEN, ADMIN_PASSWORD: PASSWORD });
});
afterAll(() => app.stop());

/** The line of the request with that id, once its answer has ended. */
async function lineOf(id: string) {
  const find = () =>
    app.requests.map((line) => lineSchema.parse(JSON.parse(line))).find((line) => line.requestId === id);
  await vi.waitUntil(() => find() !== undefined);
  return find();
}

let requests = 0;
async function ask(path: string, init: RequestInit = {}) {
  requests += 1;
  const id = `ask-${requests}`;
  const answer = await fetch(`${app.url}${path}`, { ...init, headers: { 'x-request-id': id, ...init.headers } });
  const text = await answer.text();
  return { answer, text, line: await lineOf(id) };
}

describe('each request leaves a line', () => {
  const byKey = { 'x-api-key': 'hb_internal_key_of_the_ingest_tests' };

  test('with its route, status, caller and workspace', async () => {
    const { line } = await ask('/api/admin/activity-logs?search=secret-word&limit=1', { headers: byKey });
    expect(line).toMatchObject({
      level: 'info',
      method: 'GET',
      route: '/api/admin/activity-logs',
      status: 200,
      caller: 'key',
      workspaceId: app.workspaceId,
    });
    expect(line?.durationMs).toBeGreaterThan(0);
  });

  const ID = '01999999-0000-7000-8000-000000000000';
  test.each([
    [`/api/leads/${ID}/activity`, '/api/leads/:id/activity', 404, 'key'],
    ['/api/nothing/like-it?token=hidden', '(unmatched)', 404, 'key'],
    ['/api/trpc/types.list', '/api/trpc/types.list', 200, 'key'],
    ['/api/trpc/types.list,leads.list?batch=1', '/api/trpc/types.list,leads.list', 207, 'key'],
    ['/api/trpc/no.such', '/api/trpc/(unmatched)', 404, 'key'],
    ['/healthz', '/healthz', 200, 'nobody'],
    [`/leads/${ID}?tab=activity`, '/leads/:id', 404, 'nobody'],
    ['/_next/static/x.js', '(assets)', 404, 'nobody'],
  ])('%s is %s', async (path, route, status, caller) => {
    const { line } = await ask(path, { headers: byKey });
    expect(line).toMatchObject({ route, status, caller });
  });

  test('and never what the caller sent, nor his key', async () => {
    const description = 'only the book knows this';
    const body = JSON.stringify(exampleEvent(description));
    const headers = { ...byKey, 'content-type': 'application/json' };
    const { line } = await ask('/api/internal/log-activity?key=in-the-query', { method: 'POST', headers, body });
    expect(line).toMatchObject({ route: '/api/internal/log-activity', status: 201, caller: 'key' });
    expect((await ask('/api/internal/log-activity', { method: 'POST', headers, body: '{' })).line?.status).toBe(400);
    const text = app.requests.join('');
    for (const secret of [description, 'in-the-query', 'secret-word', 'hidden', byKey['x-api-key'], 'tab=activity']) {
      expect(text).not.toContain(secret);
    }
  });

  test('of nobody, and of a stream that its client ends', async () => {
    expect((await ask('/api/admin/activity-logs')).line).toMatchObject({ status: 401, caller: 'nobody' });
    const abort = new AbortController();
    const headers = { ...byKey, 'x-request-id': 'a-stream' };
    const answer = await fetch(`${app.url}/api/stream`, { headers, signal: abort.signal });
    expect(answer.status).toBe(200);
    abort.abort();
    expect(await lineOf('a-stream')).toMatchObject({ route: '/api/stream', status: 200, caller: 'key' });
  });
});

test('a request id that is plain is kept, any other is replaced; the answer and the error carry it', async () => {
  const kept = await fetch(`${app.url}/api/leads`, { headers: { 'x-request-id': 'n8n-17.retry_2' } });
  expect(kept.headers.get('x-request-id')).toBe('n8n-17.retry_2');
  expect(await kept.json()).toMatchObject({ requestId: 'n8n-17.retry_2' });
  for (const given of ['two words', '"}', 'x'.repeat(65), '']) {
    const answer = await fetch(`${app.url}/api/leads`, { headers: { 'x-request-id': given } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  }
});

test('what goes wrong is logged with the id of its request', async () => {
  const spy = vi.spyOn(app.services.ingest, 'accept').mockRejectedValueOnce(new Error('broken on purpose'));
  const answer = await app.post('/api/internal/log-activity', exampleEvent('lost?'), { 'x-request-id': 'that-fails' });
  spy.mockRestore();
  expect([answer.status, answer.body.requestId]).toEqual([500, 'that-fails']);
  expect(app.logged.find((line) => line.includes('broken on purpose'))).toContain('"requestId":"that-fails"');
});

describe('/metrics', () => {
  const read = (headers: Record<string, string>) => fetch(`${app.url}/metrics`, { headers });

  test('is for the token and for keys with ops:read, and for nobody else', async () => {
    const { access } = app.services;
    const admin = await personOf(
      access,
      await signIn(access, { email: 'admin@historybook.local', password: PASSWORD }),
    );
    const { secret } = await access.keys.create(admin, { name: 'prometheus', scopes: ['ops:read'] });
    const { secret: other } = await access.keys.create(admin, { name: 'other', scopes: ['activity:read'] });
    for (const [headers, status] of [
      [{}, 401],
      [{ authorization: 'Bearer wrong-token-of-the-same-sort' }, 401],
      [{ 'x-api-key': other }, 403],
      [{ authorization: `Bearer ${TOKEN}` }, 200],
      [{ 'x-api-key': secret }, 200],
      [{ authorization: `Bearer ${secret}` }, 200],
    ] as const) {
      expect((await read(headers)).status, JSON.stringify(headers)).toBe(status);
    }
  });

  test('tells what happened', async () => {
    await app.post('/api/internal/log-activity', exampleEvent('counted'));
    await app.post('/api/internal/log-activity/batch', { events: [exampleEvent('one'), { wrong: true }] });
    const answer = await read({ authorization: `Bearer ${TOKEN}` });
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const value = (name: string) =>
      Number(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (\\S+)$`, 'm').exec(text)?.[1]);
    expect(value('historybook_ingest_events_total{outcome="stored"}')).toBeGreaterThanOrEqual(2);
    expect(value('historybook_ingest_events_total{outcome="quarantined"}')).toBeGreaterThanOrEqual(1);
    expect(value('historybook_quarantine_waiting')).toBeGreaterThanOrEqual(1);
    expect(value('historybook_ingest_flight_rows_count')).toBeGreaterThanOrEqual(1);
    expect(value('historybook_database_up')).toBe(1);
    expect(value('historybook_spool_records')).toBe(0);
    expect(value('historybook_database_connections{pool="reads",state="used"}')).toBeGreaterThanOrEqual(0);
    expect(value('process_cpu_seconds_total')).toBeGreaterThan(0);
    const route = 'method="POST",route="/api/internal/log-activity",status="201"';
    expect(value(`historybook_http_request_duration_seconds_count{${route}}`)).toBeGreaterThanOrEqual(1);
    expect(text).toContain('procedure="types.list"');
    expect(text).not.toContain(app.workspaceId);
  });

  test('names no route that a stranger makes up', async () => {
    for (let i = 0; i < 20; i += 1) await fetch(`${app.url}/api/made-up-${i}`);
    for (let i = 0; i < 20; i += 1) await fetch(`${app.url}/made-up-${i}`);
    const text = await (await read({ authorization: `Bearer ${TOKEN}` })).text();
    expect(text).not.toContain('made-up');
  });
});

test('who asks whether it is ready learns nothing of what is inside', async () => {
  const answer = await fetch(`${app.url}/readyz`);
  expect([answer.status, await answer.json()]).toEqual([200, { status: 'ready', problems: [] }]);
});
