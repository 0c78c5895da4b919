import { readFile } from 'node:fs/promises';
import type { DiagnoseMigrationHistoryOutput, SchemaFilter } from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { Logger } from '../log.ts';
import { MIGRATIONS_DIR, readMigrations, SCHEMA_FILE } from './migration-files.ts';
import { connectWhenReady } from './reachable.ts';
import { withSchemaEngine } from './schema-engine.ts';

export interface MigrateOptions {
  readonly url: string;
  /** Folder of migrations; the project's own when not given. */
  readonly migrationsDir?: string;
  /** How long to wait for a server that is not reachable yet, in milliseconds; 30 seconds when not given. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  readonly log?: Logger;
}

/** The database cannot be migrated as it is. `code` is Prisma's where it has one (P3005, P3009, P3018). */
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
/** Held while migrating, so that processes that start together do it one after the other. */
const MIGRATION_LOCK = 4_815_162_342;

const EVERYTHING: SchemaFilter = { externalTables: [], externalEnums: [] };

/**
 * Brings the database up to date and returns the names of the migrations that were missing. Waits for a server that is
 * not reachable yet, and for another process that migrates. The history is that of `prisma migrate deploy`.
 * @throws DatabaseUnavailableError, or MigrationError: server too old; a database that is not empty but has no history
 * (P3005), which is left untouched; an earlier migration that failed half way (P3009); a script that fails (P3018).
 */
export async function applyMigrations(options: MigrateOptions): Promise<string[]> {
  const migrationsList = await readMigrations(options.migrationsDir ?? MIGRATIONS_DIR);
  const guard = await connectWhenReady({ ...options, applicationName: 'historybook-migrate' });
  try {
    await assertServerVersion(guard);
    await guard.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const output = await withSchemaEngine(options, async (engine) => {
      const input = { migrationsList, filters: EVERYTHING };
      return engine.applyMigrations(input).catch(explainEngineError);
    });
    return output.appliedMigrationNames;
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
  const found = await withSchemaEngine(options, (engine) =>
    engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: false, filters: EVERYTHING }),
  );
  return toStatus(found);
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

function toStatus(found: DiagnoseMigrationHistoryOutput): MigrationStatus {
  const { history } = found;
  const pending = history && 'unappliedMigrationNames' in history ? history.unappliedMigrationNames : [];
  const unknown = history && 'unpersistedMigrationNames' in history ? history.unpersistedMigrationNames : [];
  const { editedMigrationNames: edited, failedMigrationNames: failed } = found;
  const isUpToDate = [pending, unknown, edited, failed].every((names) => names.length === 0);
  return { isUpToDate, pending, unknown, edited, failed };
}

async function assertServerVersion(client: { query(sql: string): Promise<{ rows: unknown[] }> }): Promise<void> {
  const sql = `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int < ${OLDEST_SERVER} AS too_old`;
  await client.query(sql);

}

function explainEngineError(error: unknown): never {
  throw error;
}
