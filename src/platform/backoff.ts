import { type Clock, systemClock } from './clock.ts';

export interface BackoffPolicy {
  /** Upper bound of the first wait, in milliseconds. */
  readonly baseMs: number;
  /** Upper bound of every wait, in milliseconds. */
  readonly maxMs: number;
  /** Growth per attempt; 2 when not given. */
  readonly factor?: number;
}

/** For things on this machine that are about to be there: a server that is still starting. */
export const LOCAL_BACKOFF: BackoffPolicy = { baseMs: 20, maxMs: 500 };
/** For things across a network that others are waiting for too. */
export const NETWORK_BACKOFF: BackoffPolicy = { baseMs: 100, maxMs: 10_000 };

/**
 * The wait before try `attempt + 1`, in whole milliseconds; `attempt` counts failures so far, from 1.
 * Half of it is fixed, half is random ("equal jitter"): clients that failed together spread out, and nobody
 * spins on a zero. `random` returns [0, 1).
 */
export function backoffDelay(
  attempt: number,
  policy: BackoffPolicy = NETWORK_BACKOFF,
  random: () => number = Math.random,
): number {
  const grown = policy.baseMs * (policy.factor ?? 2) ** Math.max(0, attempt - 1);
  const ceiling = Math.min(policy.maxMs, grown);
  return Math.round(ceiling / 2 + (ceiling / 2) * random());
}

export interface RetryOptions {
  readonly policy: BackoffPolicy;
  /** Only errors for which this is true are tried again; all others are thrown at once. */
  readonly isRetryable: (error: unknown) => boolean;
  /** No new wait is begun that would end after this many milliseconds. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly onRetry?: (error: unknown, attempt: number, delayMs: number) => void;
}

/**
 * Runs `work` until it succeeds. Throws the last error when it is not retryable or the deadline would pass, and the
 * signal's reason when aborted while waiting.
 */
export async function retryWithBackoff<T>(work: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const clock = options.clock ?? systemClock;
  const startedAt = clock.monotonicMs();
  for (let attempt = 1; ; attempt += 1) {
    options.signal?.throwIfAborted();
    try {
      return await work(attempt);
    } catch (error) {
      const delayMs = backoffDelay(attempt, options.policy, options.random);
      const elapsedMs = clock.monotonicMs() - startedAt;
      const isTooLate = options.deadlineMs !== undefined && elapsedMs + delayMs > options.deadlineMs;
      if (isTooLate || !options.isRetryable(error)) throw error;
      options.onRetry?.(error, attempt, delayMs);
      await clock.sleep(delayMs, options.signal);
    }
  }
}
