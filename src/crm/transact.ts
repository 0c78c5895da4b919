import { AppError } from '#domain/errors.ts';
import { type BackoffPolicy, retryWithBackoff } from '#platform/backoff.ts';
import type { Clock } from '#platform/clock.ts';
import type { RunSql } from '#platform/db/append.ts';
import { isWorkspaceGone } from '#platform/db/gone-workspace.ts';
import type { Months } from '#platform/db/months.ts';
import { Prisma, type PrismaClient } from '#platform/db/prisma.ts';
import { isPassingConflict, isUniqueViolation } from '#platform/db/sql-state.ts';
import type { Wake } from '#platform/db/wake.ts';
import type { Logger } from '#platform/log.ts';

export interface CrmDeps {
  readonly prisma: PrismaClient;
  readonly months: Months;
  readonly wake: Wake;
  readonly clock: Clock;
  readonly log: Logger;
}

export type Tx = Prisma.TransactionClient;

const RETRY: BackoffPolicy = { baseMs: 10, maxMs: 200 };
const RETRY_DEADLINE_MS = 10_000;
const MAX_ATTEMPTS = 6;
/** Waiting for a connection, and for locks inside, when many want the same lead. Milliseconds. */
const LIMITS = { maxWait: 10_000, timeout: 20_000 };

/**
 * Runs `work` in one transaction and wakes the live readers once it is committed. A deadlock, a lock timeout, a
 * serialization failure or a lost race for a unique key rolled everything back, so `work` runs again: it must make
 * its ids outside. Ends in what `work` throws, or AppError UNAVAILABLE when no
 * transaction could be had in time, NOT_FOUND when the workspace was removed meanwhile.
 */
export async function transact<T>(deps: CrmDeps, work: (tx: Tx) => Promise<T>): Promise<T> {
  await deps.months.ensure([deps.clock.now()]);
  let attempts = 0;
  const answer = await retryWithBackoff(
    () => {
      attempts += 1;
      return deps.prisma.$transaction(work, LIMITS).catch((error: unknown) => {
        throw answerTo(error);
      });
    },
    {
      policy: RETRY,
      deadlineMs: RETRY_DEADLINE_MS,
      clock: deps.clock,
      isRetryable: (error) => attempts < MAX_ATTEMPTS && (isPassingConflict(error) || isUniqueViolation(error)),
    },
  );
  deps.wake.announce();
  return answer;
}

/** What a caller is told of a failure that is nobody's mistake; any other one as it is. */
function answerTo(error: unknown): unknown {
  if (isTransactionTimeout(error)) return new AppError('UNAVAILABLE', { retryAfter: 1, cause: error });
  if (!isWorkspaceGone(error)) return error;
  return new AppError('NOT_FOUND', { message: 'This workspace was removed.', cause: error });
}

/** Prisma got no connection in time, or the transaction outlived its limit and was rolled back. */
function isTransactionTimeout(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2028';
}

/** For appendActivities: SQL inside the transaction. */
export function runIn(tx: Tx): RunSql {
  return (sql, params) => tx.$queryRawUnsafe<Record<string, unknown>[]>(sql, ...params);
}

const TAKE_TURN = 'SELECT pg_advisory_xact_lock(hashtext($1), hashtext($2))::text';

/**
 * One transaction at a time does `what` in a workspace, where there is no row yet to lock. Held until its end; to be
 * taken before the lane; whoever holds it for campaign names waits for no lead.
 */
export async function takeTurn(tx: Tx, what: 'leads upsert' | 'campaign names', workspaceId: string): Promise<void> {
  await tx.$queryRawUnsafe(TAKE_TURN, what, workspaceId);
}
