import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { migrationStatus } from './migrate.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('the template is migrated', async () => {
  expect(await migrationStatus({ url: database.url })).toMatchObject({ isUpToDate: true });
});
