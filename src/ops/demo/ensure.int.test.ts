import { afterAll, beforeAll, expect, it } from 'vitest';
import { LEAD_TYPES } from '#domain/catalogue/index.ts';
import { systemClock } from '#platform/clock.ts';
import { createMonths } from '#platform/db/months.ts';
import { createPool } from '#platform/db/pool.ts';
import { silentLogger } from '#platform/log.ts';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { type EnsureDemoDeps, ensureDemo } from './ensure.ts';

let database: TestDatabase;
let made: boolean[];
const told: string[] = [];
const signals: EnsureDemoDeps['signals'] = {
  publish: async () => undefined,
  deliver: (news) => void told.push(...news.map(({ kind, id }) => `${kind} ${id}`)),
};

beforeAll(async () => {
  database = await createTestDatabase();
  const ensure = () => {
    const { pool } = database;
    const wake = { announce: () => undefined, subscribe: () => () => undefined };
    return ensureDemo({ pool, months: createMonths(pool), wake, signals, clock: systemClock, log: silentLogger });
  };
  made = await Promise.all([ensure(), ensure()]);
  made.push(await ensure());
}, 60_000);
afterAll(() => database.drop());

async function one(sql: string, params: readonly unknown[] = []) {
  const { rows } = await database.pool.query({ text: sql, values: [...params] });
  return rows[0];
}

it('is made once, however many ask for it', () => {
  expect(made.toSorted()).toEqual([false, false, true]);
});

it('tells of its workspaces once, so that those who keep them in memory know them at once', async () => {
  const { rows } = await database.pool.query<{ id: string }>('SELECT id FROM workspace');
  expect(told.toSorted()).toEqual(rows.map(({ id }) => `workspace ${id}`).toSorted());
});

it('holds two marked workspaces, 200 leads and 20,000 activities of all 23 types, each in its month', async () => {
  expect(
    await one('SELECT count(*) AS all, count(*) FILTER (WHERE is_demo AND name LIKE $1) AS marked FROM workspace', [
      '% (demo)',
    ]),
  ).toEqual({ all: 2, marked: 2 });
  expect(await one('SELECT count(*) AS leads FROM leads')).toEqual({ leads: 200 });
  expect(await one('SELECT count(*) AS activities FROM activity')).toEqual({ activities: 20_000 });
  const { types } = await one(
    'SELECT array_agg(DISTINCT event_type ORDER BY event_type) AS types FROM lead_activity_log',
  );
  expect(types).toEqual(LEAD_TYPES.map(({ name }) => name).sort());
  expect(await one('SELECT count(*) AS stray FROM activity_default')).toEqual({ stray: 0 });
});

it('spans six months and ends just now', async () => {
  const span = await one(
    `SELECT extract(day FROM now() - min(occurred_at))::int AS days,
            max(occurred_at) < now() AND max(occurred_at) > now() - interval '30 minutes' AS just_now FROM activity`,
  );
  expect(span.just_now).toBe(true);
  expect(span.days).toBeGreaterThanOrEqual(181);
});

it('was recorded in the order of the book, when it happened but for a few outages', async () => {
  const told = await one(`
    SELECT count(*) FILTER (WHERE recorded_at < occurred_at) AS before,
           count(*) FILTER (WHERE recorded_at < earlier) AS disordered,
           count(*) FILTER (WHERE recorded_at > occurred_at + interval '1 minute') AS late,
           count(*) FILTER (WHERE recorded_at > now()) AS ahead
      FROM (SELECT *, lag(recorded_at) OVER (ORDER BY seq) AS earlier FROM activity) a`);
  expect(told).toMatchObject({ before: 0, ahead: 0 });
  // What came before its lead goes in first, and then the book begins anew.
  expect(told.disordered).toBe(1);
  expect(told.late).toBeGreaterThan(10);
  expect(told.late).toBeLessThan(200);
});

it('shows the journey of every lead, what came before it included', async () => {
  expect(
    await one(
      'SELECT count(*) AS homeless FROM lead_activity_log WHERE lead_id IS NULL OR lead_airtable_id IS NULL AND created_by IS NULL',
    ),
  ).toEqual({ homeless: 0 });
  const { waited } = await one(`SELECT count(*) AS waited FROM activity WHERE subject_key LIKE 'airtable:%'`);
  expect(waited).toBeGreaterThan(20);
  const told = await one(
    `SELECT sum((metadata ->> 'earlier_activities')::int) AS told FROM activity WHERE type = 'lead.identified'`,
  );
  expect(told.told).toBe(waited);
});

it('keeps the CRM in step with the book', async () => {
  expect(
    await one(
      `SELECT count(*) AS wrong FROM leads l WHERE last_activity_at IS DISTINCT FROM
         (SELECT max(timestamp) FROM lead_activity_log a WHERE a.lead_id = l.id)`,
    ),
  ).toEqual({ wrong: 0 });
  expect(
    await one(
      `SELECT count(*) AS wrong FROM leads l WHERE status IS DISTINCT FROM coalesce(
         (SELECT metadata ->> 'to' FROM lead_activity_log a
           WHERE a.lead_id = l.id AND event_type = 'STATUS_CHANGED' ORDER BY timestamp DESC LIMIT 1), 'New')`,
    ),
  ).toEqual({ wrong: 0 });
  expect(
    await one(
      `SELECT (SELECT count(*) FROM notes) = (SELECT count(*) FROM activity WHERE type = 'NOTE_ADDED') AS notes,
              (SELECT count(*) FROM enrollments) = (SELECT count(*) FROM activity WHERE type = 'CAMPAIGN_ENROLLED') AS enrolments,
              (SELECT count(*) FROM (SELECT FROM enrollments WHERE state = 'active' GROUP BY lead_id HAVING count(*) > 1) x) AS twice`,
    ),
  ).toEqual({ notes: true, enrolments: true, twice: 0 });
});

it('names people and addresses that nobody has', async () => {
  const { rows } = await database.pool.query(
    `SELECT email, phone_key FROM leads WHERE email !~ '@example\\.(com|org|net)$' OR phone_key !~ '^\\d{3}55501\\d\\d$'`,
  );
  expect(rows).toEqual([]);
  expect(await one('SELECT count(*) AS accounts FROM auth_account')).toEqual({ accounts: 0 });
  expect(await one(`SELECT count(*) AS people FROM membership WHERE role = 'PM'`)).toEqual({ people: 5 });
});

it('can be removed, and then stays away', async () => {
  const { rows } = await database.pool.query<{ id: string }>('SELECT id FROM workspace');
  for (const { id } of rows)
    await database.pool.query('SELECT remove_demo_workspace($1, $2)', [id, 'admin@example.com']);
  expect(
    await one(`SELECT (SELECT count(*) FROM activity) + (SELECT count(*) FROM leads)
                    + (SELECT count(*) FROM account_user) AS left`),
  ).toEqual({ left: 0 });
  const { pool } = database;
  const wake = { announce: () => undefined, subscribe: () => () => undefined };
  expect(
    await ensureDemo({ pool, months: createMonths(pool), wake, signals, clock: systemClock, log: silentLogger }),
  ).toBe(false);
});

it('is waited for longer than the driver waits for anything else', async () => {
  const other = await createTestDatabase();
  const patienceMs = 3_000;
  const pool = createPool({ url: other.url, applicationName: 'second', max: 2, queryTimeoutMs: patienceMs });
  try {
    const first = await other.pool.connect();
    await first.query('BEGIN');
    await first.query(`SELECT pg_advisory_xact_lock(x'48495354'::int, x'44454d4f'::int)`);
    const wake = { announce: () => undefined, subscribe: () => () => undefined };
    const months = createMonths(other.pool);
    const second = ensureDemo({ pool, months, wake, signals, clock: systemClock, log: silentLogger });
    const outcome = second.then(String, String);
    const waiting = `SELECT now() - query_start > $1 * interval '1 ms' AS long FROM pg_stat_activity
                      WHERE application_name = 'second' AND wait_event = 'advisory'`;
    const isLong = async () => (await other.pool.query(waiting, [patienceMs + 1_000])).rows[0]?.long;
    await expect.poll(isLong, { timeout: 40_000 }).toBe(true);
    // Somebody who was first, and is through.
    await first.query(`INSERT INTO erasure_record (kind, workspace_id, requested_by, detail)
                       VALUES ('demo', gen_random_uuid(), 'test', '{}')`);
    await first.query('COMMIT');
    first.release();
    expect(await outcome).toBe('false');
  } finally {
    await pool.end();
    await other.drop();
  }
}, 90_000);
