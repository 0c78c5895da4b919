import type pg from 'pg';
import type { Clock } from '#platform/clock.ts';
import { isDatabaseAway } from '#platform/db/away.ts';
import { WAS_LOGGED } from '#platform/db/imported.ts';
import { inTransaction } from '#platform/db/in-transaction.ts';
import type { Logger } from '#platform/log.ts';
import { createService, type Service } from '#platform/service.ts';
import { LAG_BOUNDS_S } from './lag.ts';

export interface CountSourcesDeps {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Positions of the book in one transaction. */
const STEP = 10_000;
const EVERY_MS = 5_000;
/** Between two steps of a long way, so that reading and writing go on beside it. */
const PAUSE_MS = 100;
/** How long rates are kept: the four weeks that are compared, and one. */
const KEPT_DAYS = 35;
const FORGET_EVERY_MS = 3_600_000;

/** Whoever has the row counts; the others leave it to him. */
const BEGIN_SQL = 'SELECT seq FROM source_progress WHERE id = 1 FOR UPDATE SKIP LOCKED';
const HEAD_SQL = 'SELECT coalesce(max(seq), 0)::bigint AS head FROM activity';

const OF_STEP = `activity a JOIN workspace w ON w.id = a.workspace_id WHERE a.seq > $1 AND a.seq <= $2 AND ${WAS_LOGGED}`;
const LAG_COUNTS = Array.from({ length: LAG_BOUNDS_S.length + 1 }, (_, i) => `count(*) FILTER (WHERE lag = ${i})`);

const RATE_SQL = `
  INSERT INTO source_rate AS s (workspace_id, bucket_at, source, events, lags)
  SELECT workspace_id, bucket_at, source, count(*), ARRAY[${LAG_COUNTS.join(', ')}]::integer[]
    FROM (
      SELECT a.workspace_id, a.source, date_bin('10 minutes', a.occurred_at, '2000-01-01Z') AS bucket_at,
             width_bucket(extract(epoch FROM a.recorded_at - a.occurred_at)::float8, $3::float8[]) AS lag
        FROM ${OF_STEP} AND a.occurred_at >= $4
    ) e
   GROUP BY workspace_id, bucket_at, source
   ORDER BY workspace_id, bucket_at, source
  ON CONFLICT (workspace_id, bucket_at, source) DO UPDATE SET events = s.events + excluded.events,
    lags = ARRAY(SELECT x + y FROM unnest(s.lags, excluded.lags) WITH ORDINALITY AS t (x, y, n) ORDER BY n)`;

const STATE_SQL = `
  INSERT INTO source_state AS s (workspace_id, source, first_at, last_occurred_at, last_recorded_at, events)
  SELECT a.workspace_id, a.source, min(a.occurred_at), max(a.occurred_at), max(a.recorded_at), count(*)
    FROM ${OF_STEP}
   GROUP BY a.workspace_id, a.source
   ORDER BY a.workspace_id, a.source
  ON CONFLICT (workspace_id, source) DO UPDATE SET events = s.events + excluded.events,
    first_at = least(s.first_at, excluded.first_at),
    last_occurred_at = greatest(s.last_occurred_at, excluded.last_occurred_at),
    last_recorded_at = greatest(s.last_recorded_at, excluded.last_recorded_at)`;

const END_SQL = 'UPDATE source_progress SET seq = $1 WHERE id = 1';
/** Workspace by workspace, because that is how they are indexed. */
const FORGET_SQL = `
  DELETE FROM source_rate r USING workspace w WHERE r.workspace_id = w.id AND r.bucket_at < $1`;

/**
 * Counts the next positions of the book by source and ten minutes. Each is counted once, whatever is cut off: counts and
 * position change in one transaction. Resolves with whether there is more.
 */
export async function countSources({ pool, clock }: Pick<CountSourcesDeps, 'pool' | 'clock'>): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ seq: number }>(BEGIN_SQL);
    const from = rows[0]?.seq;
    const head = from === undefined ? 0 : ((await client.query<{ head: number }>(HEAD_SQL)).rows[0]?.head ?? 0);
    if (from === undefined || head <= from) return false;
    const to = Math.min(head, from + STEP);
    const oldest = new Date(clock.now().getTime() - KEPT_DAYS * 86_400_000);
    await client.query(RATE_SQL, [from, to, LAG_BOUNDS_S, oldest]);
    await client.query(STATE_SQL, [from, to]);
    await client.query(END_SQL, [to]);
    return to < head;
  });
}

/** Keeps the counts up to date in the background. */
export function createSourceCounter({ pool, clock, log }: CountSourcesDeps): Service {
  const run = async (signal: AbortSignal) => {
    let forgottenAt = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      let hasMore = false;
      try {
        hasMore = await countSources({ pool, clock });
        if (clock.monotonicMs() - forgottenAt > FORGET_EVERY_MS) {
          forgottenAt = clock.monotonicMs();
          await pool.query(FORGET_SQL, [new Date(clock.now().getTime() - KEPT_DAYS * 86_400_000)]);
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
