import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { silentLogger } from '#platform/log.ts';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { append, newActivity, prepareBook } from '#testing/live.ts';
import { Tail } from './tail.ts';

/**
 * Why the book has an append lane. Sequence numbers are drawn when a row is written and seen when its transaction
 * commits, so that a reader who remembers the highest number it has seen walks past rows that commit later.
 */

const WRITERS = 16;
const PER_WRITER = 60;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ max: WRITERS + 6 });
  await prepareBook(database.pool);
});
afterAll(() => database.drop());

/** Reads `table` by the naive cursor, over and over, until `isOver`, and once more then. */
async function readNaively(pool: pg.Pool, table: string, isOver: () => boolean): Promise<number[]> {
  const seen: number[] = [];
  for (let isLast = false; !isLast; ) {
    isLast = isOver();
    const { rows } = await pool.query(`SELECT seq FROM ${table} WHERE seq > $1 ORDER BY seq`, [seen.at(-1) ?? 0]);
    seen.push(...rows.map(({ seq }) => Number(seq)));
  }
  return seen;
}

describe('a cursor over 16 concurrent writers', () => {
  test('naive, without the lane: loses rows', async () => {
    const { pool } = database;
    await pool.query("CREATE TABLE naive (seq bigint PRIMARY KEY DEFAULT nextval('activity_seq'), writer int)");
    let running = WRITERS;
    const write = async (writer: number) => {
      const client = await pool.connect();
      for (let i = 0; i < PER_WRITER; i += 1) {
        await client.query('BEGIN');
        await client.query('INSERT INTO naive (writer) VALUES ($1)', [writer]);
        await client.query('COMMIT');
      }
      client.release();
      running -= 1;
    };
    const writing = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
    const seen = await readNaively(pool, 'naive', () => running === 0);
    await writing;
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeLessThan(WRITERS * PER_WRITER);
  });

  test('naive, without the lane: one late commit is enough', async () => {
    const { pool } = database;
    await pool.query("CREATE TABLE late (seq bigint PRIMARY KEY DEFAULT nextval('activity_seq'))");
    const slow = await pool.connect();
    await slow.query('BEGIN');
    await slow.query('INSERT INTO late DEFAULT VALUES');
    await pool.query('INSERT INTO late DEFAULT VALUES');
    let reads = 0;
    const reading = readNaively(pool, 'late', () => {
      reads += 1;
      return reads > 1;
    });
    const seen = await reading;
    await slow.query('COMMIT');
    slow.release();
    const { rows } = await pool.query('SELECT count(*)::int AS count FROM late WHERE seq <= $1', [seen.at(-1)]);
    expect([seen.length, rows[0].count]).toEqual([1, 2]);
  });

  test('ours: 0 missed, 0 repeated, in order', async () => {
    const seen: { seq: number; id: string }[] = [];
    const watchers = new Set<() => void>();
    const tail = new Tail(
      {
        pool: database.pool,
        connection: { url: database.url, applicationName: 'test' },
        wake: { subscribe: () => () => undefined },
        clock: systemClock,
        log: silentLogger,
        limits: { prefill: 0, coalesceMs: 0, pollMs: 1, lingerMs: 60_000 },
      },
      {
        isWanted: () => true,
        onStart: () => undefined,
        onEvents: (events) => {
          seen.push(...events.map(({ seq, view }) => ({ seq, id: view.id })));
          for (const watcher of watchers) watcher();
        },
      },
    );
    await tail.service.start();
    onTestFinished(() => tail.service.stop());
    await tail.poke();

    const written = await Promise.all(
      Array.from({ length: WRITERS }, async () => {
        const ids: string[] = [];
        for (let i = 0; i < PER_WRITER / 3; i += 1) {
          ids.push(...(await append(database.pool, [newActivity(), newActivity(), newActivity()])));
        }
        return ids;
      }),
    );
    await tail.poke();
    const ids = written.flat();
    expect(seen.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map(({ seq }) => seq).toSorted((a, b) => a - b));
  });

  test('ours: a writer that is slow to commit holds the others back, and is not walked past', async () => {
    const { pool } = database;
    const slow = await pool.connect();
    await slow.query('BEGIN');
    const first = newActivity({ description: 'first' });
    await slow.query(INSERT_DIRECTLY, [first.id, first.workspaceId, 'first']);
    const second = newActivity({ description: 'second' });
    const writing = pool.query(INSERT_DIRECTLY, [second.id, second.workspaceId, 'second']);
    await untilWaitingForLane(database.url);
    await slow.query('COMMIT');
    slow.release();
    await writing;
    const { rows } = await pool.query('SELECT description FROM activity WHERE id = ANY($1) ORDER BY seq', [
      [first.id, second.id],
    ]);
    expect(rows.map(({ description }) => description)).toEqual(['first', 'second']);
  });
});

/** Whoever writes, whatever way: the lane stands on the table. */
const INSERT_DIRECTLY = `INSERT INTO activity (id, workspace_id, door, type, category, occurred_at, description, source)
  VALUES ($1, $2, 'lead', 'NOTE_ADDED', 'MANUAL', now(), $3, 'test')`;

async function untilWaitingForLane(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  const waiting =
    "SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()";
  while ((await client.query(waiting)).rowCount === 0);
  await client.end();
}
