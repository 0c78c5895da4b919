import type pg from 'pg';
import type { NewActivity } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import { type BackoffPolicy, retryWithBackoff } from '#platform/backoff.ts';
import { type AppendOutcome, appendActivities, type RunSql } from '#platform/db/append.ts';
import type { Months } from '#platform/db/months.ts';
import { isNotReachableYet } from '#platform/db/reachable.ts';
import type { Logger } from '#platform/log.ts';

export interface FlightDeps {
  readonly pool: pg.Pool;
  readonly months: Months;
  readonly log: Logger;
  /** How long a batch is tried again while Postgres cannot be reached, in milliseconds. */
  readonly patienceMs: number;
}

const RETRY: BackoffPolicy = { baseMs: 10, maxMs: 500 };
/** deadlock_detected, serialization_failure, lock_not_available: the same batch again, as it is. */
const TRANSIENT: ReadonlySet<string> = new Set(['40P01', '40001', '55P03']);

/**
 * Stores one batch; answers an outcome or an error for each activity, in order. What passes (a deadlock, a lock timeout,
 * a lost connection, also one lost around COMMIT) is tried again with the same ids, which the book takes once. An
 * activity that Postgres cannot take is found by halving the batch, so that it costs none of the others.
 */
export async function fly(deps: FlightDeps, batch: readonly NewActivity[]): Promise<(AppendOutcome | Error)[]> {
  try {
    return await retryWithBackoff(() => send(deps, batch), {
      policy: RETRY,
      deadlineMs: deps.patienceMs,
      isRetryable: (error) => TRANSIENT.has(sqlState(error)) || isNotReachableYet(error),
    });
  } catch (error) {
    if (!isDataError(error)) {
      deps.log.error({ err: error, rows: batch.length }, 'a batch could not be stored');
      const refusal = new AppError('UNAVAILABLE', { retryAfter: 1, cause: error });
      return batch.map(() => refusal);
    }
    if (batch.length === 1) return [refused(error)];
    const middle = batch.length >> 1;
    const first = await fly(deps, batch.slice(0, middle));
    return [...first, ...(await fly(deps, batch.slice(middle)))];
  }
}

async function send({ pool, months }: FlightDeps, batch: readonly NewActivity[]): Promise<AppendOutcome[]> {
  await months.ensure(batch.map((activity) => activity.occurredAt));
  const run: RunSql = async (text, values) => (await pool.query({ name: 'append', text, values: [...values] })).rows;
  return appendActivities(run, batch);
}

function sqlState(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Classes 22 (data), 23 (constraint) and 54 (a limit exceeded): this content will never fit. */
function isDataError(error: unknown): boolean {
  return /^(22|23|54)...$/.test(sqlState(error));
}

function refused(error: unknown): AppError {
  const message = error instanceof Error ? error.message : String(error);
  return new AppError('INVALID_INPUT', { issues: [{ path: '', message }], cause: error });
}
