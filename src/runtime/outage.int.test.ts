import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { KNOWN_FILE } from '#access/index.ts';
import { SERVICE_KEY } from '#testing/app-process.ts';
import { logEvent, readDescriptions, testApp, testDataDir } from '#testing/app-suite.ts';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { openEventStream } from '#testing/event-stream.ts';
import { exampleEvent } from '#testing/example-event.ts';
import { createGate } from '#testing/gate.ts';

const receiptSchema = z.object({
  success: z.literal(true),
  status: z.string(),
  activityId: z.uuid(),
  timestamp: z.string(),
});
const eventSchema = z.object({ description: z.string(), occurredAt: z.string(), recordedAt: z.string() });
const knownSchema = z.object({ workspaces: z.array(z.unknown()) });

/** How many workspaces are written down in a DATA_DIR for when the database is away. */
function knownWorkspaces(dataDir: string): number {
  const path = join(dataDir, KNOWN_FILE);
  return existsSync(path) ? knownSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).workspaces.length : 0;
}

const json = { 'content-type': 'application/json' };
const asService = { ...json, 'x-api-key': SERVICE_KEY };

async function post(url: string, description: string, more: Record<string, string> = {}) {
  const body = JSON.stringify(exampleEvent(description));
  return fetch(`${url}/api/internal/log-activity`, { method: 'POST', headers: { ...asService, ...more }, body });
}

const becomesReady = (url: string) =>
  vi.waitUntil(async () => (await fetch(`${url}/readyz`)).ok, { timeout: 60_000, interval: 50 });

describe('an application whose database is away', { timeout: 180_000 }, () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  test('at the start: takes events of the keys it knows, refuses all else clearly, and goes on to full service', async () => {
    const gate = await createGate(database.url);
    const dataDir = testDataDir();
    const env = { DATABASE_URL: gate.url };
    const first = testApp({ dataDir, env });
    await logEvent(await first.url, 'before');
    // What is known of keys is written down within a second or so.
    await vi.waitUntil(() => knownWorkspaces(dataDir) > 0, { timeout: 10_000 });
    await first.stop('SIGKILL');

    await gate.shut();
    const app = testApp({ dataDir, env });
    const url = await app.url;
    expect(app.output()).toMatch(/database cannot be reached/);
    const health = await fetch(`${url}/healthz`);
    expect(health.status).toBe(200);
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: 'not ready', problems: ['database: not usable yet'] },
    ]);

    const taken = await post(url, 'meanwhile', { 'idempotency-key': 'k' });
    const receipt = receiptSchema.parse(await taken.json());
    expect([taken.status, receipt.status]).toEqual([202, 'spooled']);
    const again = await post(url, 'meanwhile', { 'idempotency-key': 'k' });
    expect([again.status, await again.json()]).toEqual([200, { ...receipt, status: 'duplicate' }]);
    const batch = await fetch(`${url}/api/internal/log-activity/batch`, {
      method: 'POST',
      headers: asService,
      body: JSON.stringify({ events: [exampleEvent('batch 1'), { nothing: true }, exampleEvent('batch 2')] }),
    });
    expect([batch.status, await batch.json()]).toMatchObject([
      207,
      { stored: 0, spooled: 2, refused: 1, quarantined: 1 },
    ]);

    const unknown = await post(url, 'nobody', { 'x-api-key': 'hb_some_other_key_that_nobody_knows' });
    expect(unknown.status).toBe(503);
    expect(
      (await fetch(`${url}/api/internal/log-activity`, { method: 'POST', headers: json, body: '{}' })).status,
    ).toBe(401);
    for (const path of ['/api/admin/activity-logs', '/api/stream', '/api/admin/retry-queue']) {
      const answer = await fetch(`${url}${path}`, { headers: { 'x-api-key': SERVICE_KEY } });
      expect([path, answer.status, await answer.json()]).toMatchObject([path, 503, { code: 'UNAVAILABLE' }]);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    const trpc = await fetch(`${url}/api/trpc/session.current`);
    expect([trpc.status, await trpc.json()]).toMatchObject([
      503,
      { error: { json: { data: { app: { code: 'UNAVAILABLE' } } } } },
    ]);
    const signIn = await fetch(`${url}/api/auth/sign-in/email`, { method: 'POST', headers: json, body: '{}' });
    expect([signIn.status, await signIn.json()]).toMatchObject([503, { code: 'UNAVAILABLE' }]);
    const page = await fetch(`${url}/admin/activity-logs`);
    expect(await page.text()).toContain('BOOK_UNREACHABLE');

    await gate.open();
    await becomesReady(url);
    await expect
      .poll(() => readDescriptions(url), { timeout: 30_000 })
      .toEqual(expect.arrayContaining(['before', 'meanwhile', 'batch 1', 'batch 2']));
    expect((await readDescriptions(url)).length).toBe(4);
    await logEvent(url, 'after');
    expect(await app.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    await gate.close();
  });

  test('later on: an open stream shows each event once, in its place, when the book is back', async () => {
    const gate = await createGate(database.url);
    const app = testApp({ dataDir: testDataDir(), env: { DATABASE_URL: gate.url } });
    const url = await app.url;
    const stream = openEventStream(() => `${url}/api/stream?source=test:process`, {
      headers: { 'x-api-key': SERVICE_KEY },
    });
    await stream.connected();
    await logEvent(url, 'stored');
    await gate.shut();
    const answers = [];
    for (const name of ['late 1', 'late 2', 'late 3']) answers.push(await post(url, name));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    const move = await fetch(`${url}/api/leads/01999999-0000-7000-8000-000000000000/claim`, {
      method: 'POST',
      headers: asService,
      body: '{}',
    });
    expect(move.status).toBe(503);
    await gate.open();
    const seen = () => stream.events.map(({ data }) => eventSchema.parse(JSON.parse(data)));
    await stream.until(() => seen().some(({ description }) => description === 'late 3'));
    expect(seen().map(({ description }) => description)).toEqual(['stored', 'late 1', 'late 2', 'late 3']);
    for (const { occurredAt, recordedAt } of seen().slice(1)) expect(recordedAt > occurredAt).toBe(true);
    stream.close();
    await gate.close();
  });

  test('stopped while it waits for its database, it ends at once, and what it took is there for the next start', async () => {
    const gate = await createGate(database.url);
    const dataDir = testDataDir();
    const env = { DATABASE_URL: gate.url };
    const first = testApp({ dataDir, env });
    await first.url;
    await vi.waitUntil(() => knownWorkspaces(dataDir) > 0, { timeout: 10_000 });
    expect(await first.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    await gate.shut();
    const second = testApp({ dataDir, env });
    expect((await post(await second.url, 'kept over two stops')).status).toBe(202);
    expect(await second.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    await gate.open();
    const third = testApp({ dataDir, env });
    const url = await third.url;
    await expect.poll(() => readDescriptions(url), { timeout: 30_000 }).toContain('kept over two stops');
    await gate.close();
  });

  test('killed again and again while it drains: every event it took is in the book, once', async () => {
    const gate = await createGate(database.url);
    const dataDir = testDataDir();
    const env = { DATABASE_URL: gate.url };
    const first = testApp({ dataDir, env });
    const url = await first.url;
    await gate.shut();
    const names = Array.from({ length: 6_000 }, (_, index) => `drained ${index}`);
    for (let from = 0; from < names.length; from += 1_000) {
      const events = names.slice(from, from + 1_000).map((name, index) => {
        return index % 2 === 0 ? exampleEvent(name) : { ...exampleEvent(name), idempotencyKey: name };
      });
      const body = JSON.stringify({ events });
      const answer = await fetch(`${url}/api/internal/log-activity/batch`, {
        method: 'POST',
        headers: asService,
        body,
      });
      expect(await answer.json()).toMatchObject({ success: true, spooled: 1_000 });
    }
    await first.stop('SIGKILL');
    await gate.open();
    const inBook = async () => {
      const sql =
        "SELECT count(*)::int AS rows, count(DISTINCT description)::int AS names FROM activity WHERE description LIKE 'drained %'";
      return z.object({ rows: z.int(), names: z.int() }).parse((await database.pool.query(sql)).rows[0]);
    };
    for (let kill = 0; kill < 3; kill += 1) {
      const before = (await inBook()).rows;
      const app = testApp({ dataDir, env });
      await vi.waitUntil(async () => (await inBook()).rows > before || before === names.length, { timeout: 60_000 });
      await app.stop('SIGKILL');
    }
    const last = testApp({ dataDir, env });
    await last.url;
    await expect.poll(inBook, { timeout: 60_000 }).toEqual({ rows: names.length, names: names.length });
    await gate.close();
  });

  test('on the first start of all, with a password that is wrong, it says so and ends', async () => {
    const wrong = new URL(database.url);
    wrong.pathname = '/there_is_no_such_database';
    const app = testApp({ dataDir: testDataDir(), env: { DATABASE_URL: wrong.href } });
    expect(await app.ended).toMatchObject({ code: 1 });
    expect(app.output()).toMatch(/it has no such database/);
  });
});
