import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { createSecret } from '#access/key-secret.ts';
import { uuidv7 } from '#domain/ids.ts';
import { KEY_SCOPES } from '#domain/roles.ts';
import { applyMigrations } from '#platform/db/migrate.ts';
import { createPool } from '#platform/db/pool.ts';
import { removeEmbeddedData, startEmbeddedPostgres } from '#platform/embedded/postgres.ts';
import { createLogger } from '#platform/log.ts';

export interface BenchDatabase {
  readonly url: string;
  readonly dataDir: string;
  readonly pool: pg.Pool;
  readonly workspaceId: string;
  readonly leads: readonly { readonly id: string; readonly airtableId: string }[];
  /** Secrets of service keys: several, because each has a rate limit of its own. */
  readonly keys: readonly string[];
  stop(): Promise<void>;
}

const LEADS = 10_000;
const KEYS = 16;

const FOLDER_PREFIX = 'historybook-bench-';

/** Removes what runs that were killed have left behind, their servers too. */
async function sweep(): Promise<void> {
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith(FOLDER_PREFIX));
  for (const name of left) {
    const pid = Number(name.slice(FOLDER_PREFIX.length).split('-')[0]);
    if (!isAlive(pid)) await removeEmbeddedData(join(tmpdir(), name));
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** An embedded server with its usual settings (and its usual fsync) in a folder that goes away, with leads and keys. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  await sweep();
  const dataDir = mkdtempSync(join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-`));
  const log = createLogger({ level: 'warn' });
  const postgres = await startEmbeddedPostgres({ dataDir, password: randomBytes(12).toString('hex'), log, port: 0 });
  await applyMigrations({ url: postgres.url, log });
  const pool = createPool({ url: postgres.url, applicationName: 'historybook-bench', statementTimeoutMs: 0 });
  const workspaceId = uuidv7(Date.now());
  await pool.query("INSERT INTO workspace (id, name, slug) VALUES ($1, 'Bench', 'bench')", [workspaceId]);
  await pool.query('SELECT ensure_activity_month(now() + n * interval $$1 month$$) FROM generate_series(0, 1) n');
  const { rows } = await pool.query<{ id: string; airtableId: string }>(INSERT_LEADS, [workspaceId, LEADS]);
  await pool.query('VACUUM ANALYZE');
  return {
    url: postgres.url,
    dataDir,
    pool,
    workspaceId,
    leads: rows,
    keys: await insertKeys(pool, workspaceId),
    async stop() {
      await pool.end();
      await postgres.stop();
      await removeEmbeddedData(dataDir);
    },
  };
}

const INSERT_LEADS = `
  INSERT INTO leads (id, workspace_id, airtable_record_id, first_name, email, email_key, phone, phone_key)
  SELECT gen_random_uuid(), $1, 'rec' || lpad(n::text, 14, '0'), 'Lead ' || n, 'lead' || n || '@example.com',
         'lead' || n || '@example.com', '+1408' || lpad(n::text, 7, '0'), '408' || lpad(n::text, 7, '0')
    FROM generate_series(1, $2) n
  RETURNING id, airtable_record_id AS "airtableId"`;

async function insertKeys(pool: pg.Pool, workspaceId: string): Promise<string[]> {
  const secrets = Array.from({ length: KEYS }, createSecret);
  for (const [i, { prefix, hash }] of secrets.entries()) {
    await pool.query(
      'INSERT INTO api_key (id, workspace_id, name, prefix, hash, scopes) VALUES ($1, $2, $3, $4, $5, $6)',
      [uuidv7(Date.now()), workspaceId, `bench ${i}`, prefix, hash, KEY_SCOPES],
    );
  }
  return secrets.map(({ secret }) => secret);
}
