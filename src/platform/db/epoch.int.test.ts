import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { currentEpoch } from './epoch.ts';
import { createPool } from './pool.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('TRUNCATE book_epoch RESTART IDENTITY'));

const fingerprints = async () => {
  const { rows } = await database.pool.query('SELECT epoch, fingerprint FROM book_epoch ORDER BY epoch');
  return rows;
};

describe('the epoch', () => {
  test('begins with 1 and stays while the database is the same', async () => {
    expect([await currentEpoch(database.pool), await currentEpoch(database.pool)]).toEqual([1, 1]);
    expect(await fingerprints()).toEqual([{ epoch: 1, fingerprint: expect.stringMatching(/^\d+\/\d+\/[0-9A-F]{8}$/) }]);
  });

  test('is the same for all who ask at once', async () => {
    const epochs = await Promise.all(Array.from({ length: 8 }, () => currentEpoch(database.pool)));
    expect(new Set(epochs)).toEqual(new Set([1]));
    expect(await fingerprints()).toHaveLength(1);
  });

  test('is a new one in a restored copy, which carries the rows of the old one', async () => {
    await currentEpoch(database.pool);
    const { rows } = await database.pool.query('SELECT current_database() AS name');
    const copy = `${rows[0].name}_copy`;
    const admin = new pg.Client(new URL('/postgres', database.url).href);
    await admin.connect();
    onTestFinished(() => admin.end());
    const end = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1';
    await admin.query(end, [rows[0].name]);
    await admin.query(`CREATE DATABASE ${copy} TEMPLATE ${rows[0].name}`);
    const pool = createPool({ url: new URL(`/${copy}`, database.url).href, applicationName: 'test' });
    onTestFinished(async () => {
      await pool.end();
      await admin.query(`DROP DATABASE ${copy} WITH (FORCE)`);
    });
    expect([await currentEpoch(pool), await currentEpoch(pool)]).toEqual([2, 2]);
    expect(await currentEpoch(database.pool)).toBe(1);
  });

  test('is a new one when the book comes back to a database it was in before', async () => {
    await currentEpoch(database.pool);
    await database.pool.query("INSERT INTO book_epoch (fingerprint) VALUES ('another server')");
    expect(await currentEpoch(database.pool)).toBe(3);
  });

  test('does without what the server does not tell this role', async () => {
    const { rows } = await database.pool.query('SELECT current_database() AS name');
    const role = `${rows[0].name}_reader`;
    await database.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'reader'`);
    await database.pool.query(`GRANT SELECT, INSERT ON book_epoch TO ${role}`);
    await database.pool.query(`GRANT USAGE ON SEQUENCE book_epoch_epoch_seq TO ${role}`);
    await database.pool.query('REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC');
    const url = Object.assign(new URL(database.url), { username: role, password: 'reader' });
    const pool = createPool({ url: url.href, applicationName: 'test' });
    onTestFinished(async () => {
      await pool.end();
      await database.pool.query('GRANT EXECUTE ON FUNCTION pg_control_system() TO PUBLIC');
      await database.pool.query(`DROP OWNED BY ${role}`);
      await database.pool.query(`DROP ROLE ${role}`);
    });
    expect([await currentEpoch(pool), await currentEpoch(pool)]).toEqual([1, 1]);
    expect(await fingerprints()).toEqual([{ epoch: 1, fingerprint: expect.stringMatching(/^\/\d+\/[0-9A-F]{8}$/) }]);
  });
});
