import type pg from 'pg';
import type { HealthReport } from '#domain/health.ts';
import type { Clock } from '#platform/clock.ts';
import { PROCESS_NAME } from '#platform/this-process.ts';

type Facts = NonNullable<HealthReport['database']['facts']>;

/** How long an answer is good, in milliseconds: the size of a database of many files takes a while to find out. */
const GOOD_FOR_MS = 15_000;

const FACTS_SQL = `
  SELECT current_setting('server_version') AS version,
         pg_database_size(current_database())::int8 AS bytes,
         (SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database()) AS connections,
         current_setting('max_connections')::int AS "maxConnections",
         (SELECT count(*)::int FROM pg_class
           WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND relname ~ '^activity_\\d{4}_\\d{2}$'
             AND relname > 'activity_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')) AS "monthsAhead",
         EXISTS (SELECT FROM activity_default) AS "strayRows"`;

const PROCESSES_SQL = `
  SELECT ${PROCESS_NAME} AS place, started_at, beat_at FROM server_process
   WHERE stopped_at IS NULL AND beat_at > $1 ORDER BY started_at LIMIT 50`;
const ALIVE_MS = 60_000;

/** What the database says of itself, remembered for a few seconds. */
export function createDatabaseFacts({ pool, clock }: { readonly pool: pg.Pool; readonly clock: Clock }) {
  let known: { readonly at: number; readonly facts: Promise<Facts> } | undefined;

  const read = async (): Promise<Facts> => {
    const [facts, processes] = await Promise.all([
      pool.query<Omit<Facts, 'processes'>>(FACTS_SQL),
      pool.query<{ place: string; started_at: Date; beat_at: Date }>(PROCESSES_SQL, [
        new Date(clock.now().getTime() - ALIVE_MS),
      ]),
    ]);
    const [row] = facts.rows;
    if (!row) throw new Error('the database says nothing of itself');
    return {
      ...row,
      processes: processes.rows.map(({ place, started_at, beat_at }) => ({
        place,
        startedAt: started_at.toISOString(),
        beatAt: beat_at.toISOString(),
      })),
    };
  };

  return (): Promise<Facts> => {
    const now = clock.monotonicMs();
    if (known && now - known.at < GOOD_FOR_MS) return known.facts;
    const facts = read();
    const entry = { at: now, facts };
    known = entry;
    facts.catch(() => {
      if (known === entry) known = undefined;
    });
    return facts;
  };
}
