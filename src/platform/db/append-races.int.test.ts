import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NewActivity } from '#domain/activity.ts';
import { uuidv7 } from '#domain/ids.ts';
import { append, keyed, runOn, smsSent } from '#testing/append.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';
import { appendActivities } from './append.ts';

let book: TestBook;
let workspaceId: string;
let leads: string[];
beforeAll(async () => {
  book = await createTestBook();
  workspaceId = await book.makeWorkspace();
  leads = await Promise.all(
    Array.from({ length: 20 }, (_, i) => book.makeLead(workspaceId, { airtableRecordId: `rec${i}` })),
  );
  // The months exist, so that what races below are appends alone.
  await append(book.pool, smsSent(workspaceId));
});
afterAll(() => book.drop());

/** The same numbers in an order that differs from turn to turn. */
function shuffled(count: number, turn: number): number[] {
  return Array.from({ length: count }, (_, i) => (i * 7 + turn * 3) % count);
}

test('of flights that race with the same keys each key is stored once, and the others learn under which id', async () => {
  const keys = 40;
  const flights = Array.from({ length: 8 }, (_, turn) =>
    shuffled(keys, turn).map((n) =>
      smsSent(workspaceId, { leadAirtableId: `rec${n % leads.length}`, idempotency: keyed(`race ${n}`) }),
    ),
  );
  const outcomes = (await Promise.all(flights.map((flight) => append(book.pool, ...flight)))).flat();
  const byKey = new Map<string, string[]>();
  for (const [i, activity] of flights.flat().entries()) {
    const key = activity.idempotency?.key ?? '';
    byKey.set(key, [...(byKey.get(key) ?? []), `${outcomes[i]?.outcome} ${outcomes[i]?.id}`]);
  }
  expect(byKey.size).toBe(keys);
  for (const told of byKey.values()) {
    const [stored, ...more] = told.filter((text) => text.startsWith('stored'));
    expect(more).toEqual([]);
    const id = stored?.split(' ')[1];
    expect(new Set(told)).toEqual(new Set([`stored ${id}`, `duplicate ${id}`]));
  }
  const ids = flights.flat().map(({ id }) => id);
  const { rows } = await book.pool.query('SELECT count(*) AS count FROM activity WHERE id = ANY ($1)', [ids]);
  expect(rows[0].count).toBe(keys);
});

test('flights and transactions that lock leads first and append last never deadlock', async () => {
  const turns = 25;
  const flight = async (writer: number) => {
    for (let turn = 0; turn < turns; turn += 1) {
      const batch = shuffled(leads.length, writer + turn).map((n) =>
        smsSent(workspaceId, { leadId: leads[n], idempotency: keyed(`mixed ${turn} ${n}`) }),
      );
      await append(book.pool, ...batch);
    }
  };
  const change = async (writer: number) => {
    for (let turn = 0; turn < turns; turn += 1) {
      const [first = 0, second = 0] = shuffled(leads.length, writer * 5 + turn);
      const touched = [leads[first], leads[second]];
      const activity = smsSent(workspaceId, { leadId: leads[first], idempotency: keyed(`change ${writer} ${turn}`) });
      await inTransaction(book.pool, async (client) => {
        await client.query('SELECT 1 FROM leads WHERE id = ANY ($1) ORDER BY id FOR UPDATE', [touched]);
        await client.query("UPDATE leads SET status = 'Contacted' WHERE id = ANY ($1)", [touched]);
        await appendActivities(runOn(client), [activity]);
      });
    }
  };
  // A deadlock would reject the statement that is its victim: nothing here tries again.
  await Promise.all([...[0, 1, 2, 3].map(flight), ...[4, 5, 6, 7].map(change)]);
  const { rows } = await book.pool.query("SELECT count(*) AS count FROM activity_key WHERE key LIKE 'key:mixed %'");
  expect(rows[0].count).toBe(turns * leads.length);
});

test('a flight that waits for a key learns what became of it: stored when the other one failed', async () => {
  const key = keyed('left behind');
  const [first, second] = [smsSent(workspaceId, { idempotency: key }), smsSent(workspaceId, { idempotency: key })];
  const waiting: { outcome?: Promise<readonly { outcome: string }[]> } = {};
  await expect(
    inTransaction(book.pool, async (client) => {
      await appendActivities(runOn(client), [first]);
      waiting.outcome = append(book.pool, second);
      await someoneWaits(book.pool);
      throw new Error('given up');
    }),
  ).rejects.toThrow('given up');
  expect(await waiting.outcome).toMatchObject([{ outcome: 'stored' }]);
});

test('an activity and a lead that come at the same moment find each other, whichever is first', async () => {
  const pairs = Array.from({ length: 30 }, (_, i) => `recTOGETHER${i}`);
  const activities: NewActivity[] = pairs.map((leadAirtableId) => smsSent(workspaceId, { leadAirtableId }));
  await Promise.all(
    pairs.flatMap((airtableRecordId, i) => {
      const activity = activities[i] ?? smsSent(workspaceId);
      return [book.makeLead(workspaceId, { airtableRecordId }), append(book.pool, activity)];
    }),
  );
  const ids = activities.map(({ id }) => id);
  const { rows } = await book.pool.query(
    `SELECT a.id FROM lead_activity_log a JOIN leads l ON l.id = a.lead_id AND l.airtable_record_id = a.lead_airtable_id
      WHERE a.id = ANY ($1)`,
    [ids],
  );
  expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(ids));
});

test('a batch of many workspaces is stored whole', async () => {
  const others = await Promise.all(Array.from({ length: 5 }, () => book.makeWorkspace()));
  const batch = others.map((id) => smsSent(id, { id: uuidv7(Date.now()), leadAirtableId: 'rec0' }));
  expect((await append(book.pool, ...batch)).map(({ outcome }) => outcome)).toEqual(others.map(() => 'stored'));
});

async function inTransaction(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await work(client);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

/** Resolves once a session of this database waits for a lock. */
async function someoneWaits(pool: pg.Pool): Promise<void> {
  const sql = `SELECT count(*) AS count FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  while ((await pool.query(sql)).rows[0].count === 0) await new Promise((resolve) => setImmediate(resolve));
}
