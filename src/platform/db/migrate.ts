import { readFile } from 'node:fs/promises';
import type { MigrationList, SchemaFilter } from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { Client } from 'pg';
import type { Logger } from '../log.ts';
import { MIGRATIONS_DIR, readMigrations, SCHEMA_FILE } from './migration-files.ts';
import { connectWhenReady } from './reachable.ts';
import { type SchemaEngine, withSchemaEngine } from './schema-engine.ts';

export interface MigrateOptions {
  readonly url: string;
  /** Folder of migrations; the project's own when not given. */
  readonly migrationsDir?: string;
  /** How long to wait for a server that is not reachable yet, in milliseconds; 30 seconds when not given. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  readonly log?: Logger;
}

/** The database cannot be migrated as it is. `code` is Prisma's where it has one (P3005, P3018). */
export class MigrationError extends Error {
  readonly code: string | undefined;
  constructor(message: string, code: string | undefined, cause?: unknown) {
    super(message, { cause });
    this.name = 'MigrationError';
    this.code = code;
  }
}

/** Older servers lack what the schema uses (NULLS NOT DISTINCT, security_invoker views). */
const OLDEST_SERVER = 150_000;
const INSUFFICIENT_PRIVILEGE = '42501';
const EVERYTHING: SchemaFilter = { externalTables: [], externalEnums: [] };

/**
 * Brings the database up to date and returns the names of the migrations that were missing. Waits for a server that is
 * not reachable yet, and for another process that migrates. The history is that of `prisma migrate deploy`.
 *
 * Each script runs as one transaction, so one that was cut off (the process killed, the server gone) has left nothing:
 * it is marked as rolled back and run again.
 * @throws DatabaseUnavailableError, or MigrationError: server too old; a role that may not make or change tables; a database that is not empty but has no history
 * (P3005), which is left untouched; a script that fails (P3018), of which nothing stays.
 */
export async function applyMigrations(options: MigrateOptions): Promise<string[]> {
  const migrationsList = await readMigrations(options.migrationsDir ?? MIGRATIONS_DIR);
  const guard = await connectWhenReady({ ...options, applicationName: 'historybook-migrate' });
  try {
    await assertServerVersion(guard);
    await assertOwner(guard, options.url);
    // Held for as long as this session lives: processes that start together migrate one after the other.
    await guard.query("SELECT pg_advisory_lock(hashtextextended('historybook.migrate', 0))");
    const names = migrationsList.migrationDirectories.map(({ path }) => path);
    if (await isHistoryComplete(guard, names)) return [];
    return await withSchemaEngine(options, async (engine) => {
      const { failed } = await diagnose(engine, migrationsList);
      for (const migrationName of failed) await engine.markMigrationRolledBack({ migrationName });
      try {
        const output = await engine.applyMigrations({ migrationsList, filters: EVERYTHING });
        return output.appliedMigrationNames;
      } catch (error) {
        const [name] = (await diagnose(engine, migrationsList)).failed;
        throw toMigrationError(error, name);
      }
    });
  } finally {
    await guard.end();
  }
}

export interface MigrationStatus {
  readonly isUpToDate: boolean;
  /** In the folder, not yet in the database. */
  readonly pending: readonly string[];
  /** In the database, not in the folder: the database belongs to a newer version of this program. */
  readonly unknown: readonly string[];
  /** Changed in the folder after they were applied. */
  readonly edited: readonly string[];
  /** Begun and not finished. */
  readonly failed: readonly string[];
}

/** Compares the history of the database with the folder; changes nothing. */
export async function migrationStatus(options: MigrateOptions): Promise<MigrationStatus> {
  const migrationsList = await readMigrations(options.migrationsDir ?? MIGRATIONS_DIR);
  return withSchemaEngine(options, (engine) => diagnose(engine, migrationsList));
}

/**
 * What Prisma would have to change to make the database look like the schema file, for people to read; empty when
 * nothing. Partitions, triggers, views and policies are outside of what it sees.
 */
export async function diffSchema(options: { url: string; schemaFile?: string; log?: Logger }): Promise<string> {
  const path = options.schemaFile ?? SCHEMA_FILE;
  const datamodel = { path, content: await readFile(path, 'utf8') };
  const { exitCode, stdout } = await withSchemaEngine({ ...options, datamodel }, (engine) =>
    engine.diff({
      from: { tag: 'schemaDatasource', files: [datamodel], configDir: '.' },
      to: { tag: 'schemaDatamodel', files: [datamodel] },
      script: false,
      exitCode: true,
      filters: EVERYTHING,
    }),
  );
  return exitCode === 0 ? '' : (stdout ?? '').trim();
}

async function diagnose(engine: SchemaEngine, migrationsList: MigrationList): Promise<MigrationStatus> {
  const input = { migrationsList, optInToShadowDatabase: false, filters: EVERYTHING };
  const found = await engine.diagnoseMigrationHistory(input);
  const { history, editedMigrationNames: edited, failedMigrationNames: failed } = found;
  const pending = history && 'unappliedMigrationNames' in history ? history.unappliedMigrationNames : [];
  const unknown = history && 'unpersistedMigrationNames' in history ? history.unpersistedMigrationNames : [];
  const isUpToDate = [pending, unknown, edited, failed].every((names) => names.length === 0);
  return { isUpToDate, pending, unknown, edited, failed };
}

const SERVER_VERSION_SQL = `SELECT current_setting('server_version_num')::int AS number,
  current_setting('server_version') AS name`;

async function assertServerVersion(client: Client): Promise<void> {
  const { rows } = await client.query<{ number: number; name: string }>(SERVER_VERSION_SQL);
  for (const { number, name } of rows) {
    if (number >= OLDEST_SERVER) continue;
    throw new MigrationError(`PostgreSQL 15 or newer is needed, this server is ${name}`, undefined);
  }
}

/**
 * Whose the tables are; where there are none yet, whether the role may make them. Of an owner all members have the rights.
 * A search path that leads nowhere is left to the migrations to complain of.
 */
const OWNER_SQL = `
  SELECT current_user AS "me", current_schema() AS "schema", history.owner,
         coalesce(pg_has_role(history.relowner, 'USAGE'),
                  current_schema() IS NULL OR has_schema_privilege(current_schema(), 'CREATE')) AS "may"
    FROM (SELECT) AS always
    LEFT JOIN (SELECT relowner, pg_get_userbyid(relowner) AS owner FROM pg_class
                WHERE oid = to_regclass('_prisma_migrations')) AS history ON true`;

/** A role that may only read would get somewhere, and then fail at the first month it has to make. */
async function assertOwner(client: Client, url: string): Promise<void> {
  const { rows } = await client.query<{ me: string; schema: string; owner: string | null; may: boolean }>(OWNER_SQL);
  for (const { me, schema, owner, may } of rows) {
    if (may) continue;
    const { hostname, port, pathname } = new URL(url);
    const place = `PostgreSQL at ${hostname}:${port || 5432}${pathname} cannot be used as ${me}`;
    const why =
      owner === null
        ? `that role may not make tables in the schema ${schema} (GRANT CREATE ON SCHEMA ${schema}, or a database of its own)`
        : `its tables belong to ${owner}, and Historybook needs the role that owns them`;
    const hint = 'DATABASE_URL is the address of the owner, not one for reading such as npm run -s db:url prints';
    throw new MigrationError(`${place}: ${why}. ${hint}.`, INSUFFICIENT_PRIVILEGE);
  }
}

const UNFINISHED_SQL = `SELECT count(*)::int AS unfinished FROM unnest($1::text[]) AS wanted (name)
  WHERE NOT EXISTS (SELECT FROM _prisma_migrations WHERE migration_name = wanted.name AND finished_at IS NOT NULL
    AND rolled_back_at IS NULL)`;

/** Answers the usual case in one query: loading the engine takes a quarter of a second. */
async function isHistoryComplete(client: Client, names: readonly string[]): Promise<boolean> {
  const { rows: tables } = await client.query("SELECT FROM pg_class WHERE oid = to_regclass('_prisma_migrations')");
  if (tables.length === 0) return false;
  const { rows } = await client.query<{ unfinished: number }>(UNFINISHED_SQL, [names]);
  return rows[0]?.unfinished === 0;
}

const NOT_EMPTY = 'the database is not empty, but has no migration history: give an empty one';

function toMigrationError(error: unknown, failedMigration: string | undefined): MigrationError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === 'P3005') return new MigrationError(NOT_EMPTY, code, error);
  // Lines that begin with a number are the engine's own call trace.
  const lines = (error instanceof Error ? error.message : String(error)).split('\n');
  const trace = lines.findIndex((line) => /^\s+\d+: /.test(line));
  const sentences = trace === -1 ? lines : lines.slice(0, trace);
  const reason = sentences.filter((line) => line !== 'external connector error').join(' ');
  if (failedMigration === undefined) return new MigrationError(reason, code, error);
  return new MigrationError(`migration ${failedMigration} failed: ${reason}`, code ?? 'P3018', error);
}
