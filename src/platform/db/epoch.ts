import type { Pool, PoolClient } from 'pg';
import { inTransaction } from './in-transaction.ts';

/**
 * The epoch says which book a stream cursor belongs to. Positions count on through restarts, but a restored copy or
 * a promoted standby may hand out a position a second time for another activity; its fingerprint differs, so it gets
 * a new epoch and every older cursor is answered `resync`.
 */
const LATEST_EPOCH = 'SELECT epoch, fingerprint FROM book_epoch ORDER BY epoch DESC LIMIT 1';
const ADD_EPOCH = 'INSERT INTO book_epoch (fingerprint) VALUES ($1) RETURNING epoch';
/** 'HIST', 'EPOC': whoever adds an epoch does so alone. */
const TAKE_EPOCH_LOCK = "SELECT pg_advisory_xact_lock(x'48495354'::int, x'45504f43'::int)";

const DATABASE_OID = 'SELECT oid::text AS value FROM pg_database WHERE datname = current_database()';
const SYSTEM_IDENTIFIER = 'SELECT system_identifier::text AS value FROM pg_control_system()';
/** The timeline being written. pg_control_checkpoint() names it only after the first checkpoint of a promotion. */
const TIMELINE = 'SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) AS value';

interface EpochRow {
  readonly epoch: number;
  readonly fingerprint: string;
}

type Queryable = Pick<Pool | PoolClient, 'query'>;

/**
 * The epoch of this database, a new one when it is not the database of the last epoch. Any number of processes may ask
 * at once; they get the same answer. Asked at start and after each lost connection.
 */
export async function currentEpoch(pool: Pool): Promise<number> {
  const fingerprint = await fingerprintOf(pool);
  const latest = await latestEpoch(pool);
  if (latest?.fingerprint === fingerprint) return latest.epoch;
  return addEpoch(pool, fingerprint);
}

async function addEpoch(pool: Pool, fingerprint: string): Promise<number> {
  return inTransaction(pool, async (client) => {
    await client.query(TAKE_EPOCH_LOCK);
    const latest = await latestEpoch(client);
    if (latest?.fingerprint === fingerprint) return latest.epoch;
    const { rows } = await client.query<{ epoch: number }>(ADD_EPOCH, [fingerprint]);
    if (rows[0] === undefined) throw new Error('the database returned no epoch');
    return rows[0].epoch;
  });
}

async function latestEpoch(db: Queryable): Promise<EpochRow | undefined> {
  const { rows } = await db.query<EpochRow>(LATEST_EPOCH);
  return rows[0];
}

async function fingerprintOf(db: Queryable): Promise<string> {
  const system = await valueOrNothing(db, SYSTEM_IDENTIFIER);
  const database = await valueOrNothing(db, DATABASE_OID);
  const timeline = await valueOrNothing(db, TIMELINE);
  return [system, database, timeline].join('/');
}

/** insufficient_privilege, feature_not_supported, undefined_function: what hosted servers answer. */
const NOT_TOLD: ReadonlySet<unknown> = new Set(['42501', '0A000', '42883']);

/** A part that this server does not tell stays empty, always; any other failure is thrown, or the epoch would flap. */
async function valueOrNothing(db: Queryable, sql: string): Promise<string> {
  try {
    const { rows } = await db.query<{ value: string }>(sql);
    return rows[0]?.value ?? '';
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOT_TOLD.has(error.code)) return '';
    throw error;
  }
}
