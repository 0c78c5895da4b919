import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { createGate } from '#testing/gate.ts';
import { systemClock } from '../clock.ts';
import { silentLogger } from '../log.ts';
import { isDatabaseAway } from './away.ts';
import { createLines } from './line.ts';
import { createPool } from './pool.ts';
import { createPrisma } from './prisma.ts';
import { createDatabaseWatch } from './watch.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** How long the server may take to answer: longer than a busy machine does. */
const PATIENCE_MS = 2_000;

/** A pool for reads as the application has it, behind a gate. */
async function startWatched() {
  const gate = await createGate(database.url);
  const lines = createLines();
  const connection = { url: gate.url, applicationName: 'watch-test' };
  const watch = createDatabaseWatch({
    connection,
    clock: systemClock,
    log: silentLogger,
    everyMs: 20,
    patienceMs: PATIENCE_MS,
  });
  const pool = createPool({ ...connection, lines, refusal: watch.refusal });
  watch.subscribe((outage) => outage && lines.cut('the database gives no answer'));
  await watch.start();
  onTestFinished(async () => {
    await gate.open();
    await watch.stop();
    await pool.end();
    await gate.close();
  });
  return { gate, watch, pool };
}

const until = (predicate: () => boolean) => vi.waitUntil(predicate, { timeout: 10_000, interval: 5 });
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

test('a frozen server: what waits is cut off, what comes is refused, and all is well when it answers again', async () => {
  const { gate, watch, pool } = await startWatched();
  const prisma = createPrisma(pool);
  await until(() => watch.latencyMs !== undefined);
  await pool.query('SELECT 1');
  gate.freeze();
  const waiting = [failureOf(pool.query('SELECT 1')), failureOf(prisma.workspace.count())];
  for (const error of await Promise.all(waiting)) expect(isDatabaseAway(error)).toBe(true);
  expect(watch.outage?.reason).toMatch(/timeout/);
  const startedAt = performance.now();
  const refused = [
    pool.query('SELECT 1'),
    pool.connect(),
    prisma.workspace.count(),
    prisma.$transaction(async () => 1),
  ];
  for (const error of await Promise.all(refused.map(failureOf))) expect(isDatabaseAway(error)).toBe(true);
  expect(performance.now() - startedAt).toBeLessThan(PATIENCE_MS / 2);
  await gate.open();
  await until(() => watch.outage === undefined);
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  expect(await prisma.workspace.count()).toBe(0);
});

test('a server that refuses is away; a single lost connection is not', async () => {
  const { gate, watch } = await startWatched();
  const changes: boolean[] = [];
  await until(() => watch.latencyMs !== undefined);
  watch.subscribe((outage) => changes.push(outage !== undefined));
  gate.cut();
  await systemClock.sleep(100);
  expect(changes).toEqual([]);
  await gate.shut();
  await until(() => watch.outage !== undefined);
  await gate.open();
  await until(() => watch.outage === undefined);
  expect(changes).toEqual([true, false]);
});

test('the same failure of a connection that is none to a database says nothing of it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  server.close();
  await once(server, 'close');
  const ofWebhook = await failureOf(fetch(`http://127.0.0.1:${port}/`));
  expect(ofWebhook).toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  expect(isDatabaseAway(ofWebhook)).toBe(false);
  const pool = createPool({ url: `postgres://nobody@127.0.0.1:${port}/none`, applicationName: 'watch-test' });
  const ofDatabase = await failureOf(pool.query('SELECT 1'));
  expect(ofDatabase).toMatchObject({ code: 'ECONNREFUSED' });
  expect(isDatabaseAway(ofDatabase)).toBe(true);
  await pool.end();
});
