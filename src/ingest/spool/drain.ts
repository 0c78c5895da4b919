import { backoffDelay } from '#platform/backoff.ts';
import type { Clock } from '#platform/clock.ts';
import { isDatabaseAway } from '#platform/db/away.ts';
import type { Logger } from '#platform/log.ts';
import { createService, type Service } from '#platform/service.ts';
import type { Breaker } from './breaker.ts';
import type { SpoolRecord } from './record.ts';
import type { Spool, SpooledSegment } from './spool.ts';
import type { DrainedRecords } from './store-spooled.ts';

/**
 * Empties the spool into the book, oldest first, and finds out when the book is back.
 *
 *   idle ──something in the spool, or the breaker opens──▶ trying ──a small batch got through──▶ draining ──empty──▶ idle
 *                                                            │▲                                    │
 *                                                   failed   ▼│ the wait is over          failed   │
 *                                                          waiting ◀───────────────────────────────┘
 *
 * A segment is removed when everything in it is in the book or in quarantine. A drain that was cut off begins its segment
 * anew; the book takes each id once.
 */
export interface DrainState {
  readonly draining: boolean;
  /** Records a second over the last seconds. */
  readonly rate: number;
  /** Records since the process began. */
  readonly drained: number;
  /** Of these, how many went to quarantine. */
  readonly refused: number;
  /** And how many were dropped, because their workspace was removed meanwhile. */
  readonly dropped: number;
}

export interface Drain extends Service {
  state(): DrainState;
}

export interface DrainDeps {
  readonly spool: Spool;
  readonly breaker: Breaker;
  readonly clock: Clock;
  readonly log: Logger;
  /** Brings records to where they belong; rejects when it is to be tried again later. */
  readonly store: (records: readonly SpoolRecord[]) => Promise<DrainedRecords>;
  /** Resolves when the database answers, for when there is nothing to drain. */
  readonly probe: () => Promise<void>;
  /** Whether fresh events are waiting for the book at this moment. */
  readonly isBusy: () => boolean;
}

/** Rows of a batch: the first after an outage, beside fresh events (the lane is theirs too), and alone. */
const BATCH = { first: 50, besides: 250, alone: 1000 } as const;
const RETRY = { baseMs: 100, maxMs: 2_000 } as const;
const RATE_WINDOW_MS = 5_000;

export function createDrain(deps: DrainDeps): Drain {
  const { spool, breaker, clock, log, store, probe, isBusy } = deps;
  const recent: { readonly at: number; readonly rows: number }[] = [];
  let inHand: (SpooledSegment & { at: number }) | undefined;
  let drained = 0;
  let refused = 0;
  let dropped = 0;
  let wake: () => void = () => undefined;

  const hasWork = () => breaker.isOpen || inHand !== undefined || spool.stats().segments > 0;

  const work = async () => {
    if (!inHand) {
      const oldest = await spool.oldest();
      if (!oldest) {
        if (breaker.isOpen) await probe();
        breaker.close();
        return;
      }
      inHand = { ...oldest, at: 0 };
    }
    const { segment, content, at } = inHand;
    const size = breaker.isOpen ? BATCH.first : isBusy() ? BATCH.besides : BATCH.alone;
    const batch = await content.take(at, at + size);
    if (batch.length > 0) {
      const done = await store(batch);
      breaker.close();
      note(batch.length);
      refused += done.refused;
      dropped += done.dropped;
    }
    inHand.at += size;
    if (inHand.at < content.count) return;
    await spool.remove(segment);
    inHand = undefined;
  };

  const note = (rows: number) => {
    const now = clock.monotonicMs();
    drained += rows;
    recent.push({ at: now, rows });
    while (recent[0] && recent[0].at < now - RATE_WINDOW_MS) recent.shift();
  };

  const run = async (signal: AbortSignal) => {
    let attempt = 0;
    while (!signal.aborted) {
      if (!hasWork()) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (signal.aborted) return;
      try {
        await work();
        attempt = 0;
      } catch (error) {
        if (isDatabaseAway(error)) breaker.trip(error);
        attempt += 1;
        const delayMs = backoffDelay(attempt, RETRY);
        if (!isDatabaseAway(error))
          log.error({ err: error, delayMs }, 'the spool cannot be drained; it is tried again');
        await clock.sleep(delayMs, signal).catch(() => undefined);
      }
    }
  };

  const service = createService({
    name: 'spool drain',
    start() {
      const abort = new AbortController();
      const unsubscribe = [spool.subscribe(() => wake()), breaker.subscribe(() => wake())];
      const done = run(abort.signal);
      return async () => {
        abort.abort();
        wake();
        await done;
        for (const stop of unsubscribe) stop();
      };
    },
  });

  return {
    name: service.name,
    start: service.start,
    stop: service.stop,
    state() {
      const since = clock.monotonicMs() - RATE_WINDOW_MS;
      const rows = recent.filter(({ at }) => at >= since).reduce((sum, entry) => sum + entry.rows, 0);
      const first = recent.find(({ at }) => at >= since);
      const spanMs = first ? Math.max(clock.monotonicMs() - first.at, 1_000) : RATE_WINDOW_MS;
      return {
        draining: inHand !== undefined && !breaker.isOpen,
        rate: Math.round((rows * 1000) / spanMs),
        drained,
        refused,
        dropped,
      };
    },
  };
}
