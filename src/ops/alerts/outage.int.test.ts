import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { UserPrincipal } from '#domain/principal.ts';
import { createPool } from '#platform/db/pool.ts';
import { silentLogger } from '#platform/log.ts';
import { ownIdentity } from '#platform/process-identity.ts';
import { createSeal } from '#platform/seal.ts';
import { alertAdmin, changeRule, createTestAlerts, type TestAlerts } from '#testing/alerts.ts';
import { createManualClock, type ManualClock } from '#testing/clock.ts';
import { createTestDatabase } from '#testing/database.ts';
import { createGate, type Gate } from '#testing/gate.ts';
import { type Receiver, startReceiver } from '#testing/receiver.ts';
import { createOutageMemory } from './outage-memory.ts';
import { type OutageWatchDeps, watchOutage } from './outage-watch.ts';
import { createSend } from './send.ts';

const SECONDS = 1_000;

const database = await createTestDatabase();
afterAll(() => database.drop());

/** A database that can be shut off, and one process that watches it. */
describe('while the database is away', () => {
  let clock: ManualClock;
  let gate: Gate;
  let process: TestAlerts;
  let admin: UserPrincipal;
  let slack: Receiver;
  let deps: OutageWatchDeps;
  let records: number;

  beforeEach(async () => {
    clock = createManualClock(new Date('2025-11-07T08:00:00.000Z'));
    gate = await createGate(database.url);
    const pool = createPool({ url: gate.url, applicationName: 'test-outage' });
    process = createTestAlerts({ pool: database.pool, clock });
    slack = await startReceiver();
    await database.pool.query('DELETE FROM workspace');
    const insert = `INSERT INTO workspace (id, name, slug) VALUES (gen_random_uuid(), 'Main', $1) RETURNING id`;
    admin = alertAdmin((await database.pool.query(insert, [`main-${Math.random()}`])).rows[0].id);
    await process.alerts.channels.create(admin, { name: 'Slack', type: 'slack', url: slack.url });
    await changeRule(process.alerts, admin, 'database-away', { remindMinutes: 30 });
    records = 0;
    deps = watcher(process.dataDir, pool);
    onTestFinished(async () => {
      await gate.close();
      await pool.end();
      await slack.close();
      process.remove();
    });
  });

  function watcher(dataDir: string, pool: OutageWatchDeps['pool']): OutageWatchDeps {
    const seal = createSeal('an encryption key of the tests');
    const spool = () => ({ bytes: records * 500, maxBytes: 2 ** 30, records, segments: 1, oldestAt: null, damaged: 0 });
    return {
      pool,
      clock,
      log: silentLogger,
      seal,
      send: createSend({ clock, allowPrivate: true }),
      memory: createOutageMemory(dataDir, silentLogger),
      fallback: () => ({
        spool: { ...spool(), draining: false, rate: 0, drained: 0, refused: 0, dropped: 0 },
        outage: undefined,
      }),
      place: 'server-1:/srv',
      linkTo: (path) => `https://history.example.com${path}`,
    };
  }

  const texts = () => slack.received.map(({ body }) => JSON.parse(body).text as string);
  async function rounds(minutes: number, watching = deps): Promise<void> {
    for (let i = 0; i < minutes * 6; i += 1) {
      await clock.advance(10 * SECONDS);
      await watchOutage(watching);
    }
  }

  test('its alert goes out all the same, once, is reminded of, and over when it is back; then it is in the list', async () => {
    await watchOutage(deps);
    await gate.shut();
    await rounds(0.5);
    records = 1_204;
    expect(texts()).toEqual([]);
    await rounds(5);
    expect(texts()).toHaveLength(1);
    expect(texts()[0]).toMatch(
      /^⚠️ The database is away\n\nServer: server-1:\/srv\nAway for: 1 minute\nReason: .+\nWaiting: 1,204 events\n/,
    );
    await rounds(30);
    expect(texts()[1]).toMatch(/^🔁 The database is away \(still\)/);
    await gate.open();
    records = 0;
    await rounds(1);
    expect(texts()).toHaveLength(2);
    await rounds(2);
    expect(texts()[2]).toMatch(
      /^✅ The database is away \(resolved\)[\s\S]*Waited: 1,204 events[\s\S]*Open: 35 minutes/,
    );
    const past = await process.alerts.list(admin.workspaceId, { state: 'resolved', limit: 10 });
    expect(past.rows).toMatchObject([{ kind: 'database-away', subject: 'server-1:/srv', state: 'resolved' }]);
    expect(deps.memory.outage()).toBeUndefined();
    await rounds(5);
    expect(texts()).toHaveLength(3);
  });

  test('a short one is told to nobody', async () => {
    await watchOutage(deps);
    await gate.shut();
    await rounds(0.5);
    await gate.open();
    await rounds(4);
    expect(texts()).toEqual([]);
    expect(deps.memory.outage()).toBeUndefined();
  });

  test('two processes of one folder tell it once; that of another folder tells it too', async () => {
    await watchOutage(deps);
    const other = createTestAlerts({ pool: database.pool, clock });
    onTestFinished(other.remove);
    const elsewhere = watcher(other.dataDir, deps.pool);
    await watchOutage(elsewhere);
    await gate.shut();
    const twin = { ...deps, memory: createOutageMemory(process.dataDir, silentLogger) };
    const parent = { ...ownIdentity(), pid: globalThis.process.ppid, started: 'unknown' };
    for (let i = 0; i < 12; i += 1) {
      await clock.advance(10 * SECONDS);
      await Promise.all([watchOutage(deps), watchOutage(twin)]);
    }
    expect(texts()).toHaveLength(1);
    await rounds(2, elsewhere);
    expect(texts()).toHaveLength(2);
    // A dead process's outage is gone on with by the next one.
    const begun = deps.memory.outage();
    if (!begun) throw new Error('no outage was kept');
    deps.memory.keepOutage({ ...begun, owner: parent });
    await gate.open();
    await rounds(4);
    expect(texts().filter((text) => text.startsWith('✅'))).toHaveLength(1);
  });

  test('a message that does not arrive waits on disk, and goes later, also from another process', async () => {
    await watchOutage(deps);
    slack.answer({ status: 500 });
    await gate.shut();
    await rounds(1.5);
    expect(slack.received.length).toBeGreaterThan(0);
    const count = slack.received.length;
    slack.answer({ status: 200 });
    const next = { ...deps, memory: createOutageMemory(process.dataDir, silentLogger) };
    await rounds(2, next);
    expect(
      texts()
        .slice(count)
        .filter((text) => text.startsWith('⚠️')),
    ).toHaveLength(1);
  });

  test('the next one has its own beginning, also while messages of the one before still wait', async () => {
    await watchOutage(deps);
    await gate.shut();
    await rounds(1.5);
    slack.answer({ status: 503 });
    await gate.open();
    await rounds(3);
    const past = await process.alerts.list(admin.workspaceId, { state: 'resolved', limit: 10 });
    expect(past.rows).toHaveLength(1);
    expect(deps.memory.outage()?.outbox).toHaveLength(1);
    slack.answer({ status: 200 });
    // A moment's gap is told to nobody, now as before.
    await gate.shut();
    await rounds(0.5);
    expect(texts().filter((text) => text.startsWith('⚠️'))).toHaveLength(1);
    await rounds(1);
    const [, second] = texts().filter((text) => text.startsWith('⚠️'));
    expect(second).toContain('Away for: 1 minute');
    await gate.open();
    await rounds(3);
    expect((await process.alerts.list(admin.workspaceId, { state: 'resolved', limit: 10 })).rows).toHaveLength(2);
    expect(deps.memory.outage()).toBeUndefined();
  });

  test('no address stands on the disk in clear', async () => {
    await watchOutage(deps);
    const kept = readFileSync(join(process.dataDir, 'alert-rules.json'), 'utf8');
    expect(kept).toContain('"sealed_url": "v1.');
    expect(kept).not.toContain('/hook');
  });

  test('a frozen database is as away as a dead one', async () => {
    await watchOutage(deps);
    const silent = { ...deps, pool: { query: () => new Promise(() => undefined) } as never };
    const watching = watchOutage(silent);
    await clock.advance(5 * SECONDS);
    await watching;
    expect(deps.memory.outage()?.reason).toBe('no answer within 5 s');
  });
});
