import type pg from 'pg';
import type { NewActivity } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import { type BackoffPolicy, retryWithBackoff } from '#platform/backoff.ts';
import type { Clock } from '#platform/clock.ts';
import { type AppendOutcome, appendActivities, type RunSql } from '#platform/db/append.ts';
import { isDatabaseAway } from '#platform/db/away.ts';
import { goneWorkspaces, isWorkspaceGone } from '#platform/db/gone-workspace.ts';
import type { Months } from '#platform/db/months.ts';
import { isDataError, isPassingConflict } from '#platform/db/sql-state.ts';

export interface FlightDeps {
  readonly pool: pg.Pool;
  readonly months: Months;
  readonly clock: Clock;
  /** How long a batch is tried again that met a deadlock or a lock, in milliseconds. */
  readonly patienceMs: number;
  /** The same while the database is away; short when there is a spool to go to. */
  readonly awayPatienceMs: number;
  /** Told of events that were refused because their workspace was removed while they were on their way. */
  readonly onGone?: (events: number) => void;
}

/** The batch is not in the book, or not for certain: the same activities, with the same ids, have to be brought again. */
export class NotStored extends Error {
  override readonly name = 'NotStored';
  /** Whether it was sent: then it may be in the book all the same, and only the answer was lost. */
  readonly wasSent: boolean;
  constructor(message: string, options: ErrorOptions & { readonly wasSent?: boolean } = {}) {
    super(message, options);
    this.wasSent = options.wasSent ?? false;
  }
}

const RETRY: BackoffPolicy = { baseMs: 10, maxMs: 500 };

/**
 * Stores one batch; answers an outcome or an error for each activity, in order. What passes (a deadlock, a lock timeout,
 * a lost connection, also one lost around COMMIT) is tried again with the same ids, which the book takes once. An
 * activity that Postgres cannot take is found by halving the batch, so that it costs none of the others; those of a
 * workspace that is gone are refused, and the others sent again. What could not be stored for any other reason is answered
 * with NotStored.
 */
export async function fly(deps: FlightDeps, batch: readonly NewActivity[]): Promise<(AppendOutcome | Error)[]> {
  const { clock, patienceMs, awayPatienceMs } = deps;
  const startedAt = clock.monotonicMs();
  const notStored = (cause: unknown) => {
    const error = new NotStored('a batch could not be stored', { cause, wasSent });
    return batch.map(() => error);
  };
  const isWorthwhile = (error: unknown) =>
    isPassingConflict(error) || (isDatabaseAway(error) && clock.monotonicMs() - startedAt < awayPatienceMs);
  let wasSent = false;
  const onSent = () => {
    wasSent = true;
  };
  try {
    return await retryWithBackoff(() => send(deps, batch, onSent), {
      policy: RETRY,
      deadlineMs: patienceMs,
      isRetryable: isWorthwhile,
      clock,
    });
  } catch (error) {
    if (!isDataError(error)) return notStored(error);
    if (isWorkspaceGone(error)) {
      const ids = batch.map(({ workspaceId }) => workspaceId);
      const gone = await goneWorkspaces(deps.pool, ids).catch((cause: unknown) => cause);
      if (!(gone instanceof Set)) return notStored(gone);
      if (gone.size > 0) return flyWithout(deps, batch, gone);
    }
    if (batch.length === 1) return [refused(error)];
    const middle = batch.length >> 1;
    const first = await fly(deps, batch.slice(0, middle));
    return [...first, ...(await fly(deps, batch.slice(middle)))];
  }
}

async function flyWithout(
  deps: FlightDeps,
  batch: readonly NewActivity[],
  gone: ReadonlySet<string>,
): Promise<(AppendOutcome | Error)[]> {
  const others = batch.filter(({ workspaceId }) => !gone.has(workspaceId));
  deps.onGone?.(batch.length - others.length);
  const outcomes = others.length > 0 ? await fly(deps, others) : [];
  const refusal = new AppError('NOT_FOUND', { message: 'The workspace of this event was removed.' });
  let next = 0;
  return batch.map(({ workspaceId }) => {
    if (gone.has(workspaceId)) return refusal;
    next += 1;
    return outcomes[next - 1] ?? new Error('the batch came back without an outcome for this activity');
  });
}

/**
 * One call, as it is. An activity that meets itself in the book was sent before and the answer lost: it counts as stored.
 * `onSent` is called when there is a connection: from then on nobody knows what became of a call that fails.
 */
export async function send(
  { pool, months }: Pick<FlightDeps, 'pool' | 'months'>,
  batch: readonly NewActivity[],
  onSent: () => void = () => undefined,
): Promise<AppendOutcome[]> {
  await months.ensure(batch.map((activity) => activity.occurredAt));
  const client = await pool.connect();
  let failure: Error | undefined;
  const run: RunSql = async (text, values) => {
    onSent();
    return (await client.query({ name: 'append', text, values: [...values] })).rows;
  };
  const outcomes = await appendActivities(run, batch)
    .catch((error: unknown) => {
      failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    })
    .finally(() => client.release(failure));
  return outcomes.map((outcome, i) => (outcome.id === batch[i]?.id ? asFirst(outcome) : outcome));
}

function asFirst(outcome: AppendOutcome): AppendOutcome {
  return outcome.outcome === 'duplicate' ? { ...outcome, outcome: 'stored' } : outcome;
}

export function refused(error: unknown): AppError {
  const message = error instanceof Error ? error.message : String(error);
  return new AppError('INVALID_INPUT', { issues: [{ path: '', message }], cause: error });
}
