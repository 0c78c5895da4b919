import type pg from 'pg';
import type { Clock } from '#platform/clock.ts';
import type { Months } from '#platform/db/months.ts';
import type { Logger } from '#platform/log.ts';
import { createService, type Service } from '#platform/service.ts';

const MONTHS_AHEAD = 3;
const INTERVAL_MS = 3_600_000;

export interface PartitionsDeps {
  readonly pool: pg.Pool;
  readonly months: Months;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Keeps this month and the next three ready, looking once an hour, and raises an alarm when a row has landed in the
 * default partition: while it is there, its month cannot be made.
 */
export function createPartitionKeeper({ pool, months, clock, log }: PartitionsDeps): Service {
  const keep = async () => {
    await months.ensureAhead(clock.now(), MONTHS_AHEAD);
    const { rows } = await pool.query('SELECT EXISTS (SELECT FROM activity_default) AS stray');
    if (rows[0]?.stray) log.error({ partition: 'activity_default' }, 'activities landed in the default partition');
  };
  return createService({
    name: 'partitions',
    async start() {
      await keep();
      const abort = new AbortController();
      const loop = async () => {
        while (!abort.signal.aborted) {
          await clock.sleep(INTERVAL_MS, abort.signal).catch(() => undefined);
          if (abort.signal.aborted) return;
          await keep().catch((error: unknown) => log.error({ err: error }, 'partitions could not be kept ahead'));
        }
      };
      const done = loop();
      return () => {
        abort.abort();
        return done;
      };
    },
  });
}
