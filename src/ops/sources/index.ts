/**
 * What is known of sources, counted behind the book and read instead of it:
 *
 *   activity ──by position, each once──▶ source_rate    events by ten minutes in which they happened, and how late they were
 *                                  ├──▶ source_state   since when, when last, how many
 *                                  └──▶ source_span    five minutes in which something arrived: its rhythm
 *
 * Health shows the rates, alerts judge silence by the spans. What was imported is in none of them. May import domain and
 * platform.
 */
import type pg from 'pg';
import type { Clock } from '#platform/clock.ts';
import { isDatabaseAway } from '#platform/db/away.ts';
import type { Logger } from '#platform/log.ts';
import { createService, type Service } from '#platform/service.ts';
import { countSources } from './count.ts';
import { forgetOld } from './kept.ts';

export { catchUp } from './count.ts';
export { spansSince } from './kept.ts';
export { LAG_BOUNDS_S } from './lag-bounds.ts';

export interface SourceCounterDeps {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Logger;
}

const EVERY_MS = 5_000;
/** Between two steps of a longer way, so that reading and writing go on beside it. */
const PAUSE_MS = 50;
const FORGET_EVERY_MS = 3_600_000;

/** Keeps the counts up to date in the background. */
export function createSourceCounter({ pool, clock, log }: SourceCounterDeps): Service {
  const run = async (signal: AbortSignal) => {
    let forgottenAt = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      let hasMore = false;
      try {
        hasMore = await countSources(pool, clock.now());
        if (clock.monotonicMs() - forgottenAt > FORGET_EVERY_MS) {
          forgottenAt = clock.monotonicMs();
          await forgetOld(pool, clock.now());
        }
      } catch (error) {
        if (!isDatabaseAway(error)) log.error({ err: error }, 'the sources could not be counted; it is tried again');
      }
      await clock.sleep(hasMore ? PAUSE_MS : EVERY_MS, signal).catch(() => undefined);
    }
  };
  return createService({
    name: 'source counter',
    start() {
      const abort = new AbortController();
      const done = run(abort.signal);
      return () => {
        abort.abort();
        return done;
      };
    },
  });
}
