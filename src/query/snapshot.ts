import type { Pool, PoolClient, QueryConfig } from 'pg';
import { AppError } from '#domain/errors.ts';
import { sqlState } from '#platform/db/sql-state.ts';

export interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
  /** Statements of the same name must have the same text: the server keeps their plan. */
  readonly name?: string;
}

/** Runs one statement of a snapshot and gives its rows. */
export type Read = <Row extends object>(statement: Statement) => Promise<Row[]>;

/** What a reader waits for one statement at most, in milliseconds. */
export const READ_TIMEOUT_MS = 5_000;

/**
 * Runs `work` in one read-only snapshot of the book: all its statements see the same rows, so that a page, its count and
 * its stream cursor agree.
 * @throws AppError UNAVAILABLE when a statement takes longer than READ_TIMEOUT_MS; `tooSlow` says it better
 */
export async function inSnapshot<T>(
  pool: Pool,
  work: (read: Read) => Promise<T>,
  tooSlow = () => new AppError('UNAVAILABLE', { message: 'Reading took too long.', retryAfter: 5 }),
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(BEGIN_READING);
    const result = await work(readWith(client));
    await client.query('COMMIT');
    return result;
  } catch (error) {
    broken = await rollback(client);
    throw sqlState(error) === QUERY_CANCELED ? tooSlow() : error;
  } finally {
    client.release(broken);
  }
}

/** Compiling a plan to machine code, or starting workers for it, costs more than these short reads. */
export const BEGIN_READING = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL statement_timeout = ${READ_TIMEOUT_MS}; SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0`;

function readWith(client: PoolClient): Read {
  return async <Row extends object>(statement: Statement) => (await client.query<Row>(toQuery(statement))).rows;
}

/** The statement as `pg` takes it. */
export function toQuery({ text, values = [], name }: Statement): QueryConfig {
  return { text, values: [...values], ...(name && { name }) };
}

async function rollback(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The statement timeout. */
const QUERY_CANCELED = '57014';
