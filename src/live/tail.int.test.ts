import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Clock, systemClock } from '#platform/clock.ts';
import { silentLogger } from '#platform/log.ts';
import { createManualClock } from '#testing/clock.ts';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { append, newActivity, prepareBook } from '#testing/live.ts';
import { READ_AFTER, READ_RANGE } from './read-activities.ts';
import { Tail } from './tail.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await prepareBook(database.pool);
});
afterAll(() => database.drop());

const seen: string[] = [];
const starts: [epoch: number, at: number][] = [];
let watchers: (() => void)[] = [];
let isWanted = true;
let wakeUp: () => void = () => undefined;
beforeEach(() => {
  seen.length = 0;
  starts.length = 0;
  watchers = [];
  isWanted = true;
});

async function startTail(clock: Clock = systemClock, limits = {}): Promise<Tail> {
  const tail = new Tail(
    {
      pool: database.pool,
      connection: { url: database.url, applicationName: 'test' },
      wake: {
        subscribe(listener) {
          wakeUp = listener;
          return () => undefined;
        },
      },
      clock,
      log: silentLogger,
      limits: { prefill: 0, coalesceMs: 40, pollMs: 250, lingerMs: 1_000, ...limits },
    },
    {
      isWanted: () => isWanted,
      onStart: (epoch, at) => starts.push([epoch, at]),
      onEvents: (events) => {
        seen.push(...events.map(({ view }) => view.id));
        for (const watcher of watchers) watcher();
      },
    },
  );
  await tail.service.start();
  onTestFinished(() => tail.service.stop());
  await tail.poke();
  return tail;
}

function untilSeen(count: number): Promise<void> {
  return new Promise((resolve) => {
    const look = () => seen.length >= count && resolve();
    watchers.push(look);
    look();
  });
}

const write = (count = 1) =>
  append(
    database.pool,
    Array.from({ length: count }, () => newActivity()),
  );

const CUT = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE application_name = 'historybook-live' AND datname = current_database()`;

describe('the tail', () => {
  test('begins at the head of the book, and reads ahead what comes back are likely to ask for', async () => {
    const ids = await write(5);
    await startTail();
    expect(seen).toEqual([]);
    await startTail(systemClock, { prefill: 3 });
    expect(seen).toEqual(ids.slice(2));
  });

  test('reads at once when woken after a quiet time, once in coalesceMs under load', async () => {
    const clock = createManualClock();
    await startTail(clock);
    await clock.advance(100);
    const first = await write();
    wakeUp();
    await untilSeen(1);
    const others = [...(await write()), ...(await write())];
    wakeUp();
    await clock.advance(39);
    expect(seen).toEqual(first);
    await clock.advance(1);
    await untilSeen(3);
    expect(seen).toEqual([...first, ...others]);
  });

  test('finds what it was not woken for by its poll', async () => {
    const clock = createManualClock();
    await startTail(clock);
    const ids = await write();
    await clock.advance(249);
    expect(seen).toEqual([]);
    await clock.advance(1);
    await untilSeen(1);
    expect(seen).toEqual(ids);
  });

  test('reads on in full batches without a pause', async () => {
    const clock = createManualClock();
    await startTail(clock);
    const ids = await write(1_203);
    wakeUp();
    await clock.advance(40);
    await untilSeen(ids.length);
    expect(seen).toEqual(ids);
  });

  test('goes on where it was when its connection is lost: nothing missed, nothing twice', async () => {
    await startTail();
    const before = await write(2);
    await untilSeen(2);
    for (let i = 0; i < 3; i += 1) {
      await database.pool.query(CUT);
      before.push(...(await write(3)));
      await untilSeen(before.length);
    }
    expect(seen).toEqual(before);
    expect(starts).toHaveLength(1);
  });

  test('refuses pokes while the book cannot be read, and then reads on', async () => {
    const { rows } = await database.pool.query('SELECT quote_ident(current_database()) AS name');
    const admin = new pg.Client(new URL('/postgres', database.url).href);
    await admin.connect();
    onTestFinished(() => admin.end());
    const tail = await startTail();
    const ids = await write();
    await untilSeen(1);

    await admin.query(`ALTER DATABASE ${rows[0].name} ALLOW_CONNECTIONS false`);
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE quote_ident(datname) = $1', [
      rows[0].name,
    ]);
    await expect(tail.poke()).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfter: 1 });
    await admin.query(`ALTER DATABASE ${rows[0].name} ALLOW_CONNECTIONS true`);
    ids.push(...(await write(2)));
    await untilSeen(3);
    expect(seen).toEqual(ids);
  });

  test('whose followers have left while it could not read begins anew with the next one', async () => {
    const tail = await startTail();
    const [first] = await write();
    await untilSeen(1);
    isWanted = false;
    await database.pool.query(CUT);
    while (tail.isCurrent) await new Promise(setImmediate);
    expect(tail.stats()).toMatchObject({ tail: 'dormant', brokenSince: undefined });
    isWanted = true;
    tail.nudge();
    while (starts.length < 2) await new Promise(setImmediate);
    const [second] = await write();
    await untilSeen(2);
    expect(seen).toEqual([first, second]);
  });

  test('sleeps when nobody wants the rows, without a connection, and begins anew when somebody does', async () => {
    const clock = createManualClock();
    const tail = await startTail(clock, { lingerMs: 500 });
    isWanted = false;
    while (tail.isCurrent) await clock.advance(250);
    await untilNoConnection();
    await write(3);
    await clock.advance(10_000);
    expect(seen).toEqual([]);
    isWanted = true;
    tail.nudge();
    await tail.poke();
    expect(tail.isCurrent).toBe(true);
    expect(starts).toHaveLength(2);
    const ids = await write();
    wakeUp();
    await clock.advance(250);
    await untilSeen(1);
    expect(seen).toEqual(ids);
  });

  test('walks the indexes on position, in order, whatever the number of partitions', async () => {
    for (let month = 0; month < 24; month += 1) {
      await database.pool.query('SELECT ensure_activity_month(now() - make_interval(months => $1))', [month]);
    }
    const client = await database.pool.connect();
    onTestFinished(() => client.release());
    // On tables this small anything is cheap: what counts is that there is a plan for large ones.
    await client.query('SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off');
    for (const [sql, values] of [
      [READ_AFTER, [0, 500]],
      [READ_RANGE, [newActivity().workspaceId, 0, 1_000, 200]],
    ] as const) {
      const { rows } = await client.query(`EXPLAIN (COSTS OFF) ${sql}`, [...values]);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toMatch(/Limit\n\s*->\s+Merge Append/);
      expect(plan.match(/Index Scan using activity_\w+_seq_idx/g)).toHaveLength(25);
    }
    await client.query('RESET ALL');
  });
});

async function untilNoConnection(): Promise<void> {
  const open =
    "SELECT 1 FROM pg_stat_activity WHERE application_name = 'historybook-live' AND datname = current_database()";
  while ((await database.pool.query(open)).rowCount !== 0);
}
