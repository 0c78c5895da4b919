import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { applyMigrations, diffSchema, MigrationError, migrationStatus } from './migrate.ts';
import { MIGRATIONS_DIR, readMigrations } from './migration-files.ts';
import { DatabaseUnavailableError } from './reachable.ts';

let database: TestDatabase;
let migrationsDir: string;
beforeEach(async () => {
  database = await createTestDatabase({ isEmpty: true });
  migrationsDir = mkdtempSync(join(tmpdir(), 'migrations-'));
  writeFileSync(join(migrationsDir, 'migration_lock.toml'), 'provider = "postgresql"\n');
});
afterEach(async () => {
  rmSync(migrationsDir, { recursive: true, force: true });
  await database.drop();
});

function migration(name: string, sql: string): void {
  mkdirSync(join(migrationsDir, name), { recursive: true });
  writeFileSync(join(migrationsDir, name, 'migration.sql'), sql);
}

async function tables(): Promise<string[]> {
  const { rows } = await database.pool.query<{ tablename: string }>(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' ORDER BY 1",
  );
  return rows.map(({ tablename }) => tablename);
}

const FUNCTION_SQL = `CREATE TABLE note (id int PRIMARY KEY, text text CHECK (text <> ''));
CREATE FUNCTION twice(n int) RETURNS int LANGUAGE plpgsql AS $body$
BEGIN
  IF n < 0 THEN RAISE EXCEPTION 'negative; not allowed'; END IF;
  RETURN n * 2;
END;
$body$;
`;

test("the project's migrations build what its schema file describes, and a second run finds nothing to do", async () => {
  const { url } = database;
  const { migrationDirectories } = await readMigrations(MIGRATIONS_DIR);
  const names = migrationDirectories.map(({ path }) => path);
  expect(await applyMigrations({ url })).toEqual(names);
  expect(await applyMigrations({ url })).toEqual([]);
  expect(await migrationStatus({ url })).toMatchObject({ isUpToDate: true, pending: [], edited: [] });
  expect(await diffSchema({ url })).toBe('');
});

test('no migration of the project ends its own transaction: one that is cut off must leave nothing', async () => {
  const { migrationDirectories } = await readMigrations(MIGRATIONS_DIR);
  for (const { path, migrationFile } of migrationDirectories) {
    const control = /^\s*(BEGIN|START TRANSACTION|COMMIT|ROLLBACK|END)\s*;|\bCONCURRENTLY\b/im;
    expect(`${path}: ${control.exec(migrationFile.content.value)?.[0] ?? 'none'}`).toBe(`${path}: none`);
  }
});

test('scripts with function bodies are applied as they are, new ones on the next run', async () => {
  const { url } = database;
  migration('1_first', FUNCTION_SQL);
  expect(await applyMigrations({ url, migrationsDir })).toEqual(['1_first']);
  migration('2_second', 'CREATE TABLE later (id int);');
  expect(await migrationStatus({ url, migrationsDir })).toMatchObject({ isUpToDate: false, pending: ['2_second'] });
  expect(await applyMigrations({ url, migrationsDir })).toEqual(['2_second']);
  const { rows } = await database.pool.query('SELECT twice(21) AS answer');
  expect(rows).toEqual([{ answer: 42 }]);
});

test('processes that start together apply each migration once', async () => {
  const { url } = database;
  migration('1_first', `${FUNCTION_SQL} SELECT pg_sleep(0.2);`);
  migration('2_second', 'CREATE TABLE later (id int);');
  const applied = await Promise.all(Array.from({ length: 4 }, () => applyMigrations({ url, migrationsDir })));
  expect(applied.toSorted((a, b) => b.length - a.length)).toEqual([['1_first', '2_second'], [], [], []]);
});

describe('a script that fails', () => {
  test('is named with the reason, leaves nothing, and is run again once it is mended', async () => {
    const { url } = database;
    migration('1_first', 'CREATE TABLE first (id int);');
    migration('2_broken', 'CREATE TABLE half (id int); SELECT 1 / 0;');
    const failure = applyMigrations({ url, migrationsDir });
    await expect(failure).rejects.toThrow(/^migration 2_broken failed: .*division by zero$/);
    await expect(failure).rejects.toBeInstanceOf(MigrationError);
    await expect(failure).rejects.toMatchObject({ code: 'P3018' });
    expect(await tables()).toEqual(['first']);
    migration('2_broken', 'CREATE TABLE whole (id int);');
    expect(await applyMigrations({ url, migrationsDir })).toEqual(['2_broken']);
    expect(await tables()).toEqual(['first', 'whole']);
  });

  test('because the server went away under it is simply run again', async () => {
    const { url } = database;
    migration('1_long', 'CREATE TABLE long (id int); SELECT pg_sleep(30);');
    const cutOff = expect(applyMigrations({ url, migrationsDir })).rejects.toThrow();
    await killSleeper(database.pool);
    await cutOff;
    expect(await migrationStatus({ url, migrationsDir })).toMatchObject({ failed: ['1_long'] });
    migration('1_long', 'CREATE TABLE long (id int);');
    expect(await applyMigrations({ url, migrationsDir })).toEqual(['1_long']);
    expect(await tables()).toEqual(['long']);
  });
});

const KILL_SLEEPER_SQL = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event = 'PgSleep'`;

async function killSleeper(pool: pg.Pool): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.query(KILL_SLEEPER_SQL);
    if (rowCount) return;
  }
}

test('a database with tables but no history is refused and left untouched', async () => {
  const { url, pool } = database;
  await pool.query('CREATE TABLE of_somebody_else (id int)');
  migration('1_first', FUNCTION_SQL);
  const refused = applyMigrations({ url, migrationsDir });
  await expect(refused).rejects.toMatchObject({ name: 'MigrationError', code: 'P3005' });
  await expect(refused).rejects.toThrow(/not empty/);
  expect(await tables()).toEqual(['of_somebody_else']);
});

test('a database of a newer version is told apart from one that is behind', async () => {
  const { url } = database;
  migration('1_first', 'CREATE TABLE first (id int);');
  migration('2_newer', 'CREATE TABLE newer (id int);');
  await applyMigrations({ url, migrationsDir });
  rmSync(join(migrationsDir, '2_newer'), { recursive: true });
  expect(await migrationStatus({ url, migrationsDir })).toMatchObject({ isUpToDate: false, unknown: ['2_newer'] });
});

test('the comparison with a schema file names what differs', async () => {
  const { url, pool } = database;
  const schemaFile = join(migrationsDir, 'schema.prisma');
  const model = 'model note {\n  id Int @id\n  text String\n}\n';
  writeFileSync(schemaFile, `datasource db {\n  provider = "postgresql"\n}\n${model}`);
  await pool.query(FUNCTION_SQL.replace('text text', 'text text NOT NULL'));
  expect(await diffSchema({ url, schemaFile })).toBe('');
  await pool.query('ALTER TABLE note ADD COLUMN extra int');
  expect(await diffSchema({ url, schemaFile })).toMatch(/note[\s\S]*extra/);
});

describe('a server that cannot be used', () => {
  const unreachable = 'postgresql://app:secret@127.0.0.1:1/crm';

  test('is waited for, then named without its password', async () => {
    const failure = applyMigrations({ url: unreachable, migrationsDir, deadlineMs: 300 });
    await expect(failure).rejects.toThrow(DatabaseUnavailableError);
    await expect(failure).rejects.toThrow(/127\.0\.0\.1:1\/crm as app cannot be used: .*ECONNREFUSED/);
    await expect(failure).rejects.not.toThrow(/secret/);
  });

  test('is not waited for when the database does not exist', async () => {
    const url = new URL(database.url);
    url.pathname = '/nowhere';
    await expect(applyMigrations({ url: url.href, migrationsDir })).rejects.toThrow(/no such database/);
  });

  test('is given up at once when told to', async () => {
    const abort = new AbortController();
    const waiting = applyMigrations({ url: unreachable, migrationsDir, signal: abort.signal });
    const outcome = expect(waiting).rejects.toThrow('stopping');
    abort.abort(new Error('stopping'));
    await outcome;
  });
});

test('a role that owns nothing is told whose the tables are, and which address is meant; its members may', async () => {
  const role = `historybook_test_reader_${process.pid}`;
  const { url, pool } = database;
  const address = new URL(url);
  address.username = role;
  address.password = 'secret';
  const asReader = { url: address.href, migrationsDir };
  const owner = decodeURIComponent(new URL(url).username);
  await pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
  try {
    await pool.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
    migration('1_first', FUNCTION_SQL);
    await expect(applyMigrations(asReader)).rejects.toThrow(
      `${role}: that role may not make tables in the schema public`,
    );
    await applyMigrations({ url, migrationsDir });
    // Also one that may read the history, and could start.
    await pool.query(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role}`);
    await expect(applyMigrations(asReader)).rejects.toMatchObject({
      name: 'MigrationError',
      code: '42501',
      message: expect.stringMatching(
        new RegExp(`as ${role}: its tables belong to ${owner}, .* DATABASE_URL is the address`),
      ),
    });
    await pool.query(`GRANT ${owner} TO ${role}`);
    expect(await applyMigrations(asReader)).toEqual([]);
  } finally {
    await pool.query(`DROP OWNED BY ${role}`);
    await pool.query(`DROP ROLE ${role}`);
  }
});
