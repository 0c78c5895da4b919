import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { createMonths } from './months.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ max: 12 });
});
afterAll(() => database.drop());

it('makes each month once, however many want it at once', async () => {
  const instants = Array.from({ length: 6 }, (_, i) => new Date(Date.UTC(2031, i, 15)));
  const wanting = Array.from({ length: 12 }, () => createMonths(database.pool).ensure(instants));
  await Promise.all(wanting);
  const { rows } = await database.pool.query(
    `SELECT count(*) AS months FROM pg_class WHERE relname LIKE 'activity_2031_%' AND relkind = 'r'`,
  );
  expect(rows).toEqual([{ months: 6 }]);
});
