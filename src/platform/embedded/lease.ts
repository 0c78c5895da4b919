import type pg from 'pg';
import { LOCAL_BACKOFF } from '../backoff.ts';
import { connectWhenReady, DatabaseUnavailableError } from '../db/reachable.ts';
import { EmbeddedPostgresError } from './binaries.ts';
import { SUPERUSER } from './cluster.ts';

/**
 * "I am using this server": an advisory lock, shared, held by an open connection. It goes with the process that holds it
 * however that ends, and there is no file of process numbers that could be wrong. The one who takes it exclusively
 * may stop the server: everybody else waits for a lease until the server is gone, and then starts it anew.
 */
export interface Lease {
  /** Resolves when the connection is gone, because the server is. */
  readonly lost: Promise<void>;
  readonly isLost: boolean;
  /** Gives the lease up. True when nobody else uses the server; nobody gets a lease from then on. */
  claimLast(): Promise<boolean>;
  release(): Promise<void>;
}

export interface LeaseOptions {
  readonly port: number;
  readonly password: string;
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

const LOCK_KEY = "hashtextextended('historybook.lease', 0)";
/** Locks belong to one database; this one is always there. */
const MAINTENANCE_DATABASE = 'postgres';

/**
 * Takes a lease, and makes the application's database when it is missing.
 * @throws EmbeddedPostgresError when the server has another password than ours; DatabaseUnavailableError or a
 * connection error when the server is going away.
 */
export async function openLease(options: LeaseOptions): Promise<Lease> {
  const { port, password, deadlineMs = 10_000, signal } = options;
  const client = await connectWhenReady({
    url: addressOf(port, password, MAINTENANCE_DATABASE),
    applicationName: 'historybook-lease',
    policy: LOCAL_BACKOFF,
    deadlineMs,
    ...(signal && { signal }),
  }).catch(explainPassword);
  let isLost = false;
  const lost = new Promise<void>((resolve) => {
    client.once('end', () => {
      isLost = true;
      resolve();
    });
  });
  try {
    await client.query(`SELECT pg_advisory_lock_shared(${LOCK_KEY})`);
    await ensureDatabase(client);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  return {
    lost,
    get isLost() {
      return isLost;
    },
    async claimLast() {
      // Of two that leave at the same moment one must see that it is the last: each lets go before it looks.
      await client.query(`SELECT pg_advisory_unlock_shared(${LOCK_KEY})`);
      const sql = `SELECT pg_try_advisory_lock(${LOCK_KEY}) AS is_last`;
      const { rows } = await client.query<{ is_last: boolean }>(sql);
      return rows[0]?.is_last === true;
    },
    async release() {
      await client.end().catch(() => undefined);
    },
  };
}

/** Address of a database of the embedded server; the application's, and for its owner, when not given. */
export function addressOf(port: number, password: string, database: string = SUPERUSER, role = SUPERUSER): string {
  return `postgresql://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/** Two programs may find it missing at the same moment: the second gets one of these. */
const MADE_MEANWHILE: ReadonlySet<unknown> = new Set(['42P04', '23505']);

async function ensureDatabase(client: pg.Client): Promise<void> {
  const { rows } = await client.query('SELECT FROM pg_database WHERE datname = $1', [SUPERUSER]);
  if (rows.length > 0) return;
  try {
    await client.query(`CREATE DATABASE ${SUPERUSER}`);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && MADE_MEANWHILE.has(error.code))) throw error;
  }
}

function explainPassword(error: unknown): never {
  const cause = error instanceof DatabaseUnavailableError ? error.cause : undefined;
  if (!(cause instanceof Error && 'code' in cause && cause.code === '28P01')) throw error;
  const message =
    'the embedded database has another password than secrets.json: put the file back that was there when the ' +
    'database was made, or move the whole data folder away to begin an empty one';
  throw new EmbeddedPostgresError(message, { cause: error });
}
