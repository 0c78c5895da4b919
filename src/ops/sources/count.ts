import type pg from 'pg';
import { z } from 'zod';
import { WAS_LOGGED } from '#platform/db/imported.ts';
import { inTransaction, inTransactionOn } from '#platform/db/in-transaction.ts';
import { ratesSince, spansSince } from './kept.ts';
import { LAG_BOUNDS_S } from './lag-bounds.ts';

/** Positions of the book in one transaction: some ten milliseconds of a processor, so that nobody waits for one. */
const STEP = 2_000;
/** So many steps in a row, for who needs the counts now. */
const MAX_STEPS = 20;

const POSITION_SQL = 'SELECT seq FROM source_progress WHERE id = 1 FOR UPDATE';
/** Whoever has the row counts; the others leave it to him. */
const FREE_POSITION_SQL = `${POSITION_SQL} SKIP LOCKED`;
/** A statement of its own after that: its snapshot sees all that was in the book when the position was written. */
const HEAD_SQL = 'SELECT coalesce(max(seq), 0)::bigint AS head FROM activity';
const MOVE_SQL = 'UPDATE source_progress SET seq = $1 WHERE id = 1';
const positionRow = z.object({ seq: z.number() });
const headRow = z.object({ head: z.number() });

const LAG_COUNTS = Array.from(
  { length: LAG_BOUNDS_S.length + 1 },
  (_, lag) => `coalesce(sum(events) FILTER (WHERE lag = ${lag}), 0)`,
);

/**
 * One statement, so that the book is read, and its rows are gathered, once for all that is counted. Rates go by when
 * something happened, spans by when it arrived: what came late out of a spool says nothing of when its source was silent.
 * People (`ui:`) have no rhythm.
 */
const COUNT_SQL = `
  WITH step AS MATERIALIZED (
    SELECT a.workspace_id, a.source, date_bin('10 minutes', a.occurred_at, '2000-01-01Z') AS bucket_at,
           width_bucket(extract(epoch FROM a.recorded_at - a.occurred_at)::float8, $3::float8[]) AS lag,
           date_bin('5 minutes', a.recorded_at, 'epoch') AS span_at, count(*) AS events, min(a.occurred_at) AS first_at,
           max(a.occurred_at) AS last_occurred_at, max(a.recorded_at) AS last_recorded_at
      FROM activity a JOIN workspace w ON w.id = a.workspace_id
     WHERE a.seq > $1 AND a.seq <= $2 AND ${WAS_LOGGED}
     GROUP BY a.workspace_id, a.source, bucket_at, lag, span_at
  ), rates AS (
    INSERT INTO source_rate AS s (workspace_id, bucket_at, source, events, lags)
    SELECT workspace_id, bucket_at, source, sum(events), ARRAY[${LAG_COUNTS.join(', ')}]::integer[]
      FROM step WHERE bucket_at >= $4
     GROUP BY workspace_id, bucket_at, source
     ORDER BY workspace_id, bucket_at, source
    ON CONFLICT (workspace_id, bucket_at, source) DO UPDATE SET events = s.events + excluded.events,
      lags = ARRAY(SELECT x + y FROM unnest(s.lags, excluded.lags) WITH ORDINALITY AS t (x, y, n) ORDER BY n)
  ), states AS (
    INSERT INTO source_state AS s (workspace_id, source, first_at, last_occurred_at, last_recorded_at, events)
    SELECT workspace_id, source, min(first_at), max(last_occurred_at), max(last_recorded_at), sum(events)
      FROM step
     GROUP BY workspace_id, source
     ORDER BY workspace_id, source
    ON CONFLICT (workspace_id, source) DO UPDATE SET events = s.events + excluded.events,
      first_at = least(s.first_at, excluded.first_at),
      last_occurred_at = greatest(s.last_occurred_at, excluded.last_occurred_at),
      last_recorded_at = greatest(s.last_recorded_at, excluded.last_recorded_at)
  ), spans AS (
    INSERT INTO source_span (workspace_id, source, at)
    SELECT DISTINCT workspace_id, source, span_at FROM step WHERE span_at >= $5 AND source NOT LIKE 'ui:%'
    ON CONFLICT DO NOTHING
  )
  UPDATE source_progress SET seq = $2 WHERE id = 1`;

/**
 * Counts the next positions of the book. Each is counted once, whatever is cut off: counts and position change in one
 * transaction. Resolves with whether there is more; another process may be at it, which leaves nothing to do.
 */
export async function countSources(pool: pg.Pool, now: Date): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query(FREE_POSITION_SQL);
    if (rows.length === 0) return false;
    const { seq, head } = await countFrom(client, positionRow.parse(rows[0]).seq, now);
    return seq < head;
  });
}

/**
 * Counts up to where the book ends at this moment, for who judges by the counts. Waits for a process that is at it. False
 * when that is too far to be done in one go: then nothing can be said yet of what has not come.
 */
export async function catchUp(client: pg.ClientBase, now: Date): Promise<boolean> {
  const { head: end } = headRow.parse((await client.query(HEAD_SQL)).rows[0]);
  for (let steps = 0; steps < MAX_STEPS; steps += 1) {
    const { seq, head } = await inTransactionOn(client, async () => {
      const { rows } = await client.query(POSITION_SQL);
      return countFrom(client, positionRow.parse(rows[0]).seq, now);
    });
    if (seq >= Math.min(end, head)) return true;
  }
  return false;
}

async function countFrom(client: pg.ClientBase, from: number, now: Date) {
  const { head } = headRow.parse((await client.query(HEAD_SQL)).rows[0]);
  const to = Math.min(head, from + STEP);
  if (to > from) await client.query(COUNT_SQL, [from, to, LAG_BOUNDS_S, ratesSince(now), spansSince(now)]);
  // The book of a restored copy may end earlier than what was counted, and give its positions a second time; where the last
  // activities were removed with their workspace, nothing comes in between.
  else if (to < from) await client.query(MOVE_SQL, [to]);
  return { seq: to, head };
}
