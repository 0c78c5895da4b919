import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { append, smsSent } from '#testing/append.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';

let book: TestBook;
beforeAll(async () => {
  book = await createTestBook();
  await append(book.pool, smsSent(await book.makeWorkspace()));
});
afterAll(() => book.drop());

const REFUSED = { code: '42501', message: expect.stringContaining('append-only') };

describe.each(['activity', 'activity_2025_11', 'activity_default'])('as its owner, on %s', (table) => {
  test.each([`UPDATE ${table} SET description = 'other'`, `DELETE FROM ${table}`])(
    '%s changes nothing',
    async (sql) => {
      // The default partition is empty: without a row a row trigger has nothing to refuse, and the statement nothing to do.
      if (table === 'activity_default') expect((await book.pool.query(sql)).rowCount).toBe(0);
      else await expect(book.pool.query(sql)).rejects.toMatchObject(REFUSED);
    },
  );

  test('TRUNCATE is refused', async () => {
    await expect(book.pool.query(`TRUNCATE ${table}`)).rejects.toMatchObject(REFUSED);
    await expect(book.pool.query(`TRUNCATE ${table} CASCADE`)).rejects.toMatchObject(REFUSED);
  });
});

test('an UPDATE that would move a row to another month is refused', async () => {
  const sql = "UPDATE activity SET occurred_at = occurred_at + interval '40 days'";
  await expect(book.pool.query(sql)).rejects.toMatchObject(REFUSED);
});

test('MERGE and INSERT … ON CONFLICT DO UPDATE are refused too', async () => {
  const merge = `MERGE INTO activity a USING (SELECT id FROM activity LIMIT 1) s ON a.id = s.id
                 WHEN MATCHED THEN UPDATE SET description = 'other'`;
  await expect(book.pool.query(merge)).rejects.toMatchObject(REFUSED);
  const upsert = `INSERT INTO activity (id, workspace_id, door, type, category, occurred_at, description, source)
                  SELECT id, workspace_id, door, type, category, occurred_at, description, source FROM activity
                  ON CONFLICT (id, occurred_at) DO UPDATE SET description = 'other'`;
  await expect(book.pool.query(upsert)).rejects.toMatchObject(REFUSED);
});

test('the view of the book cannot be written through', async () => {
  await expect(book.pool.query("UPDATE lead_activity_log SET description = 'x'")).rejects.toMatchObject({
    code: '55000',
  });
  await expect(book.pool.query('DELETE FROM lead_activity_log')).rejects.toMatchObject({ code: '55000' });
});

test('a lead is neither deleted nor truncated away', async () => {
  await book.makeLead(await book.makeWorkspace());
  await expect(book.pool.query('DELETE FROM leads')).rejects.toMatchObject(REFUSED);
  await expect(book.pool.query('TRUNCATE leads CASCADE')).rejects.toMatchObject(REFUSED);
});

test('after all of that the book says what it said', async () => {
  const { rows } = await book.pool.query('SELECT description, source FROM activity');
  expect(rows).toEqual([{ description: 'SMS sent', source: 'test:append' }]);
});
