import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchDatabase } from '../harness/database.ts';

const run = promisify(execFile);
const DEBIAN = '/usr/lib/postgresql';

/**
 * Where pgbench is: on PATH, else in the newest version under /usr/lib/postgresql.
 * @throws Error that says how to install it
 */
export function findPgbench(): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
  ];
  const found = folders.map((folder) => join(folder, 'pgbench')).find((path) => existsSync(path));
  if (found) return found;
  throw new Error(
    'pgbench is not installed, and without it there is no limit to measure against.\n' +
      '  Debian, Ubuntu: apt-get install postgresql-contrib (or postgresql-15)\n' +
      '  Fedora: dnf install postgresql-contrib   macOS: brew install postgresql',
  );
}

/** A plain table with the same columns and indexes as a month of the book: no lane, keys, partitions or triggers. */
const PLAIN_TABLE = `
  CREATE TABLE plain_activity (LIKE activity INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING INDEXES);
  DO $$
  DECLARE v_gin regclass;
  BEGIN
    SELECT i.indexrelid INTO STRICT v_gin
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
     WHERE i.indrelid = 'plain_activity'::regclass AND m.amname = 'gin';
    EXECUTE format('ALTER INDEX %s SET (gin_pending_list_limit = 64)', v_gin);
  END $$`;

/** Made through pgbench's variables and chr(58), for pgbench takes a colon in a literal for a variable. */
const INSERT = `\\set n random(1, 1000000000)
\\set lead random(1, LEADS)
INSERT INTO plain_activity (id, workspace_id, door, type, category, occurred_at, subject_key, subject_ref,
  lead_airtable_id, description, message, metadata, source, execution_id, actor_type, actor_label)
VALUES (gen_random_uuid(), 'WORKSPACE', 'lead', 'MESSAGE_SENT', 'SMS', now(),
  'lead' || chr(58) || gen_random_uuid(), 'airtable' || chr(58) || 'rec' || lpad((:lead)::text, 14, '0'),
  'rec' || lpad((:lead)::text, 14, '0'),
  'SMS sent. Hey Patricia, saw your form submission about sale...',
  'Hey Patricia, saw your form submission about sales no ' || :n || '. If you want help mapping your sales workflow, '
    || 'here is a link to book. https' || chr(58) || '//calendly.com/uysp/strategy',
  jsonb_build_object('campaign_id', 'chatgpt_use_cases', 'phone', '408555' || :lead, 'template_id', 'recXYZ' || :lead % 50),
  'n8n.kJMMZ10anu4NqYUL', :n, 'INTEGRATION', 'n8n.kJMMZ10anu4NqYUL');
`;

/** What the files are called in which each of its threads logs its transactions. */
const LOG = 'transactions';

export interface Pgbench {
  /** Rows per second of 32 clients that insert one row a transaction, over `seconds`. */
  measure(seconds: number): Promise<number>;
  /** Milliseconds from when a row was due to its commit, p99, of the same clients at `rate` rows per second. */
  measureP99(rate: number, seconds: number): Promise<number>;
}

/** The limit of single events: `pgbench -c 32 -M prepared` on the very server that the application uses. */
export async function createPgbench(database: BenchDatabase): Promise<Pgbench> {
  const program = findPgbench();
  await database.pool.query(PLAIN_TABLE);
  // Goes away with the database.
  const folder = mkdtempSync(join(database.dataDir, 'pgbench-'));
  const script = join(folder, 'insert.sql');
  writeFileSync(
    script,
    INSERT.replaceAll('WORKSPACE', database.workspaceId).replaceAll('LEADS', String(database.leads.length)),
  );
  const insert = async (seconds: number, ...options: string[]) => {
    const args = ['-n', '-M', 'prepared', '-c', '32', '-j', '2', '-T', String(seconds), ...options, '-f', script];
    return run(program, [...args, database.url]);
  };
  return {
    async measure(seconds) {
      const { stdout } = await insert(seconds);
      const tps = /^tps = ([\d.]+)/m.exec(stdout)?.[1];
      if (tps === undefined) throw new Error(`pgbench said nothing of its speed:\n${stdout}`);
      return Number(tps);
    },
    async measureP99(rate, seconds) {
      await insert(seconds, '-R', String(rate), '--log', '--log-prefix', join(folder, LOG));
      const logs = readdirSync(folder).filter((name) => name.startsWith(LOG));
      const lines = logs.flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
      for (const name of logs) rmSync(join(folder, name));
      // client, transaction, microseconds since it was due, …
      const latencies = lines.map((line) => Number(line.split(' ')[2]) / 1000).sort((a, b) => a - b);
      const p99 = latencies[Math.floor(latencies.length * 0.99)];
      if (p99 === undefined) throw new Error('pgbench logged no transaction');
      return p99;
    },
  };
}
