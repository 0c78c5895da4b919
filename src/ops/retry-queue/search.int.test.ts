import { afterAll, beforeAll, expect, test } from 'vitest';
import { quarantineFilter } from '#domain/quarantine.ts';
import { createParams } from '#query/params.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';
import { listEntries } from './list.ts';
import { whereOf } from './where.ts';

/** A search of a long queue reads the entries that match, not the queue. */
const ENTRIES = 8_000;
const FILL_SQL = `
  INSERT INTO quarantine (id, workspace_id, door, type, source, body, body_hash, code, message, received_at, last_received_at)
  SELECT gen_random_uuid(), $1, 'lead', 'TYPE_' || n % 7, 'n8n:flow-' || n % 20,
    json_build_object('eventType', 'TYPE_' || n % 7, 'leadAirtableId', 'rec' || md5(n::text), 'description', 'SMS no ' || n,
      'messageContent', repeat(md5((n * 31)::text) || ' ', 8)),
    md5('body ' || n), 'UNKNOWN_TYPE', 'not an event type of the catalogue', now() - n * interval '1 second', now()
  FROM generate_series(1, ${ENTRIES}) AS n`;

let book: TestBook;
let workspaceId: string;
beforeAll(async () => {
  book = await createTestBook();
  workspaceId = await book.makeWorkspace();
  await book.pool.query(FILL_SQL, [workspaceId]);
  await book.pool.query('VACUUM ANALYZE quarantine');
}, 120_000);
afterAll(() => book.drop());

async function planOf(search: string): Promise<string> {
  const params = createParams();
  const where = whereOf(params, workspaceId, quarantineFilter.parse({ search }));
  const { rows } = await book.pool.query(`EXPLAIN SELECT id FROM quarantine WHERE ${where}`, [...params.values]);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

test('finds by the index whatever the case, parts of words and several words too', async () => {
  const record = `rec${await md5('777')}`;
  for (const search of [record, record.toUpperCase(), record.slice(5, 20), `${record} flow-17`]) {
    expect(await planOf(search)).toContain('quarantine_search_idx');
    const filter = quarantineFilter.parse({ search });
    const { rows, total } = await listEntries(book.pool, workspaceId, filter, { limit: 50 });
    expect([total, rows.map(({ type }) => type)]).toEqual([1, ['TYPE_0']]);
  }
});

test('finds a phrase in quotes, where its words alone find more', async () => {
  const totalOf = async (search: string) =>
    (await listEntries(book.pool, workspaceId, quarantineFilter.parse({ search }), { limit: 50 })).total;
  expect(await totalOf('"SMS no 7001"')).toBe(1);
  expect(await totalOf('"SMS no 7001" flow-1')).toBe(1);
  expect(await totalOf('"no SMS"')).toBe(0);
  expect(await totalOf('SMS no 700')).toBeGreaterThan(10);
});

test('finds nothing in another workspace', async () => {
  const filter = quarantineFilter.parse({ search: 'flow-17' });
  expect(await listEntries(book.pool, await book.makeWorkspace(), filter, { limit: 50 })).toMatchObject({ total: 0 });
});

async function md5(text: string): Promise<string> {
  return (await book.pool.query('SELECT md5($1) AS hash', [text])).rows[0].hash;
}
