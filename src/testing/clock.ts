import type { Clock } from '#platform/clock.ts';

/** A clock that stands still until told otherwise; sleepers wake in order of their time. */
export interface ManualClock extends Clock {
  /** Moves time on and wakes whoever is due, one by one, with all that follows from each at once. */
  advance(ms: number): Promise<void>;
  /** How many are asleep. */
  readonly sleepers: number;
}

export function createManualClock(start = new Date('2025-01-15T12:00:00.000Z')): ManualClock {
  let elapsedMs = 0;
  const sleeping = new Set<{ readonly dueMs: number; wake(): void }>();

  return {
    now: () => new Date(start.getTime() + elapsedMs),
    monotonicMs: () => elapsedMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const entry = { dueMs: elapsedMs + ms, wake: resolve };
        sleeping.add(entry);
        signal?.addEventListener('abort', () => {
          if (sleeping.delete(entry)) reject(signal.reason);
        });
      }),
    async advance(ms) {
      const target = elapsedMs + ms;
      for (;;) {
        await settle();
        const [next] = [...sleeping].filter(({ dueMs }) => dueMs <= target).sort((a, b) => a.dueMs - b.dueMs);
        if (next === undefined) break;
        elapsedMs = next.dueMs;
        sleeping.delete(next);
        next.wake();
      }
      elapsedMs = target;
    },
    get sleepers() {
      return sleeping.size;
    },
  };
}

/**
 * A clock on which time passes by waiting alone: who sleeps goes on at once, and it is that much later. What happens by
 * the clock happens as often on a slow machine as on a fast one.
 */
export function createWaitedClock(start: Date): Clock {
  let elapsedMs = 0;
  return {
    now: () => new Date(start.getTime() + elapsedMs),
    monotonicMs: () => elapsedMs,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      await settle();
      signal?.throwIfAborted();
      elapsedMs += ms;
    },
  };
}

/** Lets everything that is ready run. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
