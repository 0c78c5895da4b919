import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { createPool } from '#platform/db/pool.ts';
import { withDatabase } from './test-server.ts';

export interface TestDatabase {
  readonly url: string;
  /** A pool on it as the application makes one; drop() ends it. */
  readonly pool: pg.Pool;
  /** Ends every connection to it and removes it. May be called twice. */
  drop(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** Without migrations, for tests of the migrations themselves. */
  readonly isEmpty?: boolean;
  /** Most connections of its pool; 10 when not given. */
  readonly max?: number;
}

/**
 * A database of its own for a suite: a copy of the migrated template, or an empty one. Call it in `beforeAll`, and drop
 * it in `afterAll`; what a failed suite leaves behind goes with the run.
 */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const { adminUrl, template, prefix } = inject('testServer');
  const name = `${prefix}_${randomBytes(6).toString('hex')}`;
  await asAdmin(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${options.isEmpty ? 'template0' : template}`);
  const url = withDatabase(adminUrl, name);
  const pool = createPool({ url, applicationName: 'historybook-test', max: options.max ?? 10 });
  let dropping: Promise<void> | undefined;
  return {
    url,
    pool,
    drop() {
      dropping ??= (async () => {
        await pool.end();
        await asAdmin(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      })();
      return dropping;
    },
  };
}

async function asAdmin(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
