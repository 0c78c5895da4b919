import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { healthReport, incidentView, sourceHealth } from '#domain/health.ts';
import { systemClock } from '#platform/clock.ts';
import { loadConfig } from '#platform/config.ts';
import { createMonths } from '#platform/db/months.ts';
import { createPool } from '#platform/db/pool.ts';
import { silentLogger } from '#platform/log.ts';
import { thisProcess } from '#platform/this-process.ts';
import { createApplication } from '#runtime/application.ts';
import { SERVICE_KEY } from '#testing/app-process.ts';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { exampleEvent } from '#testing/example-event.ts';
import { createGate } from '#testing/gate.ts';
import { tryAppend } from './canary.ts';
import { createDatabaseFacts } from './database-facts.ts';
import { createIncidents, listIncidents } from './incidents.ts';
import { createPulse, type PulseDeps } from './pulse.ts';

const answerSchema = z.object({
  report: healthReport,
  sources: z.array(sourceHealth).nullable(),
  incidents: z.array(incidentView),
});

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('TRUNCATE incident, server_process'));

function folder(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'historybook-health-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

describe('the application', () => {
  test('says that logging works; that it does not while the database is away; and afterwards that it did not', {
    timeout: 60_000,
  }, async () => {
    const gate = await createGate(database.url);
    const dataDir = folder();
    const environment = {
      PORT: '0',
      DATABASE_URL: gate.url,
      DATA_DIR: dataDir,
      SPOOL_MAX_MB: '1',
      INTERNAL_API_KEY: SERVICE_KEY,
    };
    const config = loadConfig(environment);
    const application = createApplication({ config, log: silentLogger, root: dataDir, withoutPages: true });
    await application.start();
    onTestFinished(() => application.stop());
    const headers = { 'x-api-key': SERVICE_KEY, 'content-type': 'application/json' };
    const read = async () => {
      const answer = await fetch(`${application.url}/api/admin/health`, { headers });
      expect(answer.status).toBe(200);
      return answerSchema.parse(await answer.json());
    };
    const send = async (text: string) => {
      const body = JSON.stringify(exampleEvent(text));
      return (await fetch(`${application.url}/api/internal/log-activity`, { method: 'POST', headers, body })).status;
    };

    await vi.waitUntil(async () => (await read()).report.proof.kind === 'canary', { timeout: 10_000 });
    expect(await send('before')).toBe(201);
    await vi.waitUntil(async () => (await read()).sources?.length === 1, { timeout: 15_000, interval: 200 });
    const working = (await read()).report;
    expect(working).toMatchObject({
      verdict: 'working',
      problems: [],
      proof: { kind: 'event', failure: null },
      spool: { records: 0 },
      database: { reachable: true, facts: { strayRows: false, monthsAhead: 3 } },
      quarantine: { waiting: 0 },
    });
    expect(working.database.facts?.processes.map(({ place }) => place)).toEqual([working.process.place]);
    expect(working.process.place).toBe(`${hostname()}:${dataDir} (${process.pid})`);

    const before = Date.now();
    await gate.shut();
    expect(await send('meanwhile')).toBe(202);
    const away = await vi.waitUntil(async () => {
      const answer = await read();
      return answer.incidents.length === 2 && answer;
    }, 10_000);
    expect(away.report).toMatchObject({ verdict: 'spooling', spool: { records: 1 }, database: { reachable: false } });
    expect(away.report.since > working.since).toBe(true);
    expect(away.sources).toBeNull();
    expect(away.incidents.map(({ kind }) => kind).toSorted()).toEqual(['database_away', 'spool_in_use']);
    expect(JSON.stringify(away)).not.toContain(new URL(gate.url).password || 'no password');
    expect(readdirSync(join(dataDir, 'incidents')).length).toBe(1);

    // What does not fit any more is refused, though the spool is not full to the byte: then something is lost to its sender.
    const long = 'x'.repeat(9_000);
    while ((await send(long)) === 202);
    const { report: full } = await read();
    expect(full.spool.bytes).toBeLessThan(full.spool.maxBytes);
    expect(full).toMatchObject({ verdict: 'failing', sentence: 'Events are being refused.' });
    expect(full.problems[0]).toBe('Events are refused with 503 until the database is back: the spool is full.');

    await gate.open();
    await vi.waitUntil(async () => (await read()).report.verdict === 'working', { timeout: 20_000 });
    const isStored = async () =>
      (await listIncidents(database.pool, 10)).filter(({ closedAt }) => closedAt !== null).length === 2;
    await vi.waitUntil(isStored, { timeout: 10_000 });
    const incidents = await listIncidents(database.pool, 10);
    expect(incidents.map(({ kind }) => kind).toSorted()).toEqual(['database_away', 'spool_in_use']);
    for (const { openedAt, closedAt } of incidents) {
      expect(Date.parse(openedAt)).toBeGreaterThanOrEqual(before - 1_000);
      expect(closedAt && closedAt > openedAt).toBe(true);
    }
    expect(readdirSync(join(dataDir, 'incidents'))).toEqual([]);
    await gate.close();
  });
});

test('the canary goes the whole way and leaves nothing; where there is no way it says so', async () => {
  const { pool } = database;
  const deps = { pool, months: createMonths(pool), clock: systemClock };
  await tryAppend(deps);
  expect((await pool.query("SELECT FROM activity WHERE type = 'CANARY'")).rowCount).toBe(0);
  const holder = await pool.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT take_append_lane()');
  const narrow = createPool({ url: database.url, applicationName: 'canary-test', max: 1, lockTimeoutMs: 100 });
  await expect(tryAppend({ ...deps, pool: narrow })).rejects.toThrow(/lock timeout/);
  await holder.query('ROLLBACK');
  holder.release();
  await tryAppend({ ...deps, pool: narrow });
  await narrow.end();
});

describe('incidents', () => {
  test('outlive a process that is killed while the database is away, and go on with the next one', async () => {
    const dataDir = folder();
    const deps = () => ({ self: thisProcess(dataDir), dataDir, clock: systemClock, log: silentLogger });
    const killed = createIncidents(deps());
    killed.set('database_away', 'connect postgres://app:hunter2@db refused', new Date('2026-01-01T00:00:00Z'));
    killed.set('database_away', 'again');
    // The file of one that is dead: no process has this number.
    const [name = ''] = readdirSync(join(dataDir, 'incidents'));
    const path = join(dataDir, 'incidents', name);
    const file = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...file, identity: { ...file.identity, pid: 2 ** 22 + 1 } }));

    const next = createIncidents(deps());
    expect(next.open).toMatchObject([{ kind: 'database_away', openedAt: '2026-01-01T00:00:00.000Z' }]);
    next.set('database_away', undefined);
    await next.store(database.pool);
    const [incident, ...others] = await listIncidents(database.pool, 10);
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ id: killed.open[0]?.id, openedAt: '2026-01-01T00:00:00.000Z' });
    expect(incident?.closedAt).not.toBeNull();
    expect(incident?.detail).not.toContain('hunter2');
    expect(readdirSync(join(dataDir, 'incidents'))).toEqual([]);
  });

  test('a file that cannot be read is left and reported', async () => {
    const dataDir = folder();
    mkdirSync(join(dataDir, 'incidents'));
    writeFileSync(join(dataDir, 'incidents', 'x.json'), '{');
    const warn = vi.fn();
    createIncidents({ self: thisProcess(dataDir), dataDir, clock: systemClock, log: { ...silentLogger, warn } });
    expect(warn).toHaveBeenCalledOnce();
    expect(readdirSync(join(dataDir, 'incidents'))).toEqual(['x.json']);
  });
});

const FIGURES: ReturnType<PulseDeps['spool']> = { records: 0, bytes: 0, maxBytes: 2 ** 30, oldestAt: null, damaged: 0 };

test('a process that was killed is told of once, by whoever comes next; one that stopped is not', async () => {
  const { pool } = database;
  const make = () => {
    const self = thisProcess('/srv/book');
    return { self, ...createPulse({ pool, clock: systemClock, self, spool: () => FIGURES }) };
  };
  const [killed, stopped, first, second] = [make(), make(), make(), make()];
  await killed.beat();
  await stopped.beat();
  await stopped.end();
  await pool.query(
    `UPDATE server_process SET identity = jsonb_set(identity, '{pid}', '4194305'), beat_at = now() - interval '5 minutes'
      WHERE id = $1`,
    [killed.self.id],
  );
  await Promise.all([first.beat(), second.beat()]);
  const incidents = await listIncidents(pool, 10);
  const name = `${killed.self.place} (4194305)`;
  expect(incidents).toMatchObject([{ kind: 'process_killed', place: name }]);
  const [incident] = incidents;
  const lastedMs = Date.parse(incident?.closedAt ?? '') - Date.parse(incident?.openedAt ?? '');
  expect(lastedMs).toBeGreaterThan(4 * 60_000);
});

test('a process says with each sign of life how its spool is, and enters itself anew where it is not known', async () => {
  const { pool } = database;
  const self = thisProcess('/srv/book');
  let figures = FIGURES;
  const pulse = createPulse({ pool, clock: systemClock, self, spool: () => figures });
  const row = async () => {
    const columns = 'place, stopped_at, spool_records, spool_bytes::int8, spool_oldest_at, spool_damaged';
    return (await pool.query(`SELECT ${columns} FROM server_process WHERE id = $1`, [self.id])).rows;
  };
  await pulse.beat();
  const alive = { place: self.place, stopped_at: null };
  expect(await row()).toMatchObject([{ ...alive, spool_records: 0, spool_oldest_at: null }]);
  const oldestAt = new Date('2026-01-01T00:00:00Z');
  figures = { ...FIGURES, records: 3, bytes: 700, oldestAt, damaged: 1 };
  await pulse.beat();
  const full = { ...alive, spool_records: 3, spool_bytes: 700, spool_oldest_at: oldestAt, spool_damaged: 1 };
  expect(await row()).toMatchObject([full]);
  await pool.query('DELETE FROM server_process');
  await pulse.beat(pool);
  expect(await row()).toMatchObject([full]);
  const facts = await createDatabaseFacts({ pool, clock: systemClock })();
  expect(facts.processes.map(({ place }) => place)).toEqual([self.name]);
  expect(self.name).toBe(`${self.place} (${process.pid})`);
  await pulse.end();
  expect(await row()).toMatchObject([{ stopped_at: expect.any(Date) }]);
  expect((await createDatabaseFacts({ pool, clock: systemClock })()).processes).toEqual([]);
});

test('a sign of life that had to wait does not set the figures back', async () => {
  const { pool } = database;
  const self = thisProcess('/srv/slow');
  let figures = FIGURES;
  const pulse = createPulse({ pool, clock: systemClock, self, spool: () => figures });
  await pulse.beat();
  const free = Promise.withResolvers<void>();
  const late = async (sql: string, values: unknown[]) => {
    await free.promise;
    return pool.query(sql, values);
  };
  const slow = new Proxy(pool, { get: (target, name) => (name === 'query' ? late : Reflect.get(target, name)) });
  const waiting = pulse.beat(slow);
  figures = { ...FIGURES, records: 5 };
  await pulse.beat();
  free.resolve();
  await waiting;
  const { rows } = await pool.query('SELECT spool_records FROM server_process WHERE id = $1', [self.id]);
  expect(rows).toEqual([{ spool_records: 5 }]);
  await pulse.end();
});
