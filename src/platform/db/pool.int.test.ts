import { once } from 'node:events';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import type { Logger } from '../log.ts';
import { silentLogger } from '../log.ts';
import { clientConfig, createPool, type PoolOptions } from './pool.ts';
import { isNotReachableYet } from './reachable.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function withPool(options: Partial<PoolOptions>, work: (pool: pg.Pool) => Promise<void>): Promise<void> {
  const pool = createPool({ url: database.url, applicationName: 'pool-test', ...options });
  try {
    await work(pool);
  } finally {
    await pool.end();
  }
}

test('sessions are named, in UTC, and limited', async () => {
  const limits = { statementTimeoutMs: 1234, lockTimeoutMs: 567, idleInTransactionTimeoutMs: 8901 };
  await withPool(limits, async (pool) => {
    const names = ['application_name', 'TimeZone', 'statement_timeout', 'lock_timeout'];
    const all = [...names, 'idle_in_transaction_session_timeout'];
    const sql =
      'SELECT array_agg(current_setting(name) ORDER BY n) AS found FROM unnest($1::text[]) WITH ORDINALITY AS t (name, n)';
    const { rows } = await pool.query(sql, [all]);
    expect(rows[0].found).toEqual(['pool-test', 'UTC', '1234ms', '567ms', '8901ms']);
  });
});

test('commits wait for the disk, whatever the server, the database or the role is set to', async () => {
  await withPool({}, (pool) =>
    pool.query('SELECT current_database() AS name').then(async ({ rows }) => {
      await pool.query(`ALTER DATABASE "${rows[0].name}" SET synchronous_commit = off`);
    }),
  );
  await withPool({}, async (pool) => {
    expect((await pool.query('SHOW synchronous_commit')).rows).toEqual([{ synchronous_commit: 'on' }]);
  });
});

test('options in the address are kept, but for what sessions must have', async () => {
  const given = '-c TimeZone=Asia/Tokyo -c synchronous_commit=off -c work_mem=5MB';
  const url = new URL(database.url);
  url.searchParams.set('options', given);
  const sql = `SELECT current_setting('TimeZone') AS zone, current_setting('synchronous_commit') AS sync,
    current_setting('work_mem') AS memory`;
  const expected = [{ zone: 'UTC', sync: 'on', memory: '5MB' }];
  // Written with plus signs, and with %20.
  for (const address of [url.href, url.href.replaceAll('+', '%20')]) {
    await withPool({ url: address }, async (pool) => expect((await pool.query(sql)).rows).toEqual(expected));
    const listener = new pg.Client(clientConfig({ url: address, applicationName: 'pool-test' }));
    await listener.connect();
    expect((await listener.query(sql)).rows).toEqual(expected);
    await listener.end();
  }
});

test('values arrive as the types promise', async () => {
  await withPool({}, async (pool) => {
    const { rows } = await pool.query(`SELECT 42::int8 AS n, ARRAY[1, NULL]::int8[] AS ns, '2025-01-31'::date AS day,
      '2025-01-31 10:20:30.5'::timestamp AS plain, '2025-01-31 10:20:30.5+02'::timestamptz AS zoned, 1.50::numeric AS price,
      '{"a": [1]}'::jsonb AS json`);
    expect(rows[0]).toEqual({
      n: 42,
      ns: [1, null],
      day: '2025-01-31',
      plain: new Date('2025-01-31T10:20:30.500Z'),
      zoned: new Date('2025-01-31T08:20:30.500Z'),
      price: '1.50',
      json: { a: [1] },
    });
  });
});

test('a position above 2^53 fails its query instead of being rounded, and the pool goes on', async () => {
  await withPool({ max: 1 }, async (pool) => {
    await expect(pool.query('SELECT 9007199254740993 AS n')).rejects.toThrow(RangeError);
    const { rows } = await pool.query('SELECT 1 AS n');
    expect(rows).toEqual([{ n: 1 }]);
  });
});

test('a statement that takes too long is cancelled, a wait for a lock given up', async () => {
  await withPool({ statementTimeoutMs: 50 }, async (pool) => {
    await expect(pool.query('SELECT pg_sleep(5)')).rejects.toMatchObject({ code: '57014' });
  });
  await withPool({ lockTimeoutMs: 50 }, async (pool) => {
    const holder = await pool.connect();
    await holder.query('SELECT pg_advisory_lock(1)');
    await expect(pool.query('SELECT pg_advisory_lock(1)')).rejects.toMatchObject({ code: '55P03' });
    holder.release(true);
  });
});

test('an idle connection that breaks is logged and replaced', async () => {
  const warnings: string[] = [];
  const log: Logger = { ...silentLogger, warn: (_, message) => void warnings.push(message) };
  await withPool({ max: 1, log }, async (pool) => {
    const { rows } = await pool.query('SELECT pg_backend_pid() AS pid');
    const broken = once(pool, 'error');
    await database.pool.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
    const [error] = await broken;
    expect(isNotReachableYet(error)).toBe(true);
    expect(warnings).toEqual(['idle database connection lost']);
    const again = await pool.query('SELECT pg_backend_pid() AS pid');
    expect(again.rows[0].pid).not.toBe(rows[0].pid);
  });
});

test('what a repetition cannot mend is not taken for a server that is away', async () => {
  const wrong = await database.pool.query('SELECT nothing_like_that').catch((error) => error);
  expect(isNotReachableYet(wrong)).toBe(false);
  expect(isNotReachableYet('text')).toBe(false);
});
