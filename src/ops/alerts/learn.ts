import type pg from 'pg';
import { z } from 'zod';
import { WAS_LOGGED } from '#platform/db/imported.ts';
import { RHYTHM_WEEKS } from './rhythm.ts';

const WEEK_MS = 7 * 86_400_000;
/** How many activities are read at a time, and how often in a row before rules are evaluated again. */
const BATCH = 50_000;
const MAX_BATCHES = 20;

const POSITION_SQL = 'SELECT learned_seq, (SELECT max(seq) FROM activity) AS newest FROM alert_progress';
const positionRow = z.object({ learned_seq: z.number(), newest: z.number().nullable() });

/**
 * What has arrived since the last time, as spans of five minutes in which something came from a source. It is the arrival
 * that counts: what came late out of a spool says nothing of when the source was silent. Sources of
 * people (`ui:`) have no rhythm, nor has what was imported.
 */
const LEARN_SQL = `
  WITH batch AS MATERIALIZED (
    SELECT a.seq, a.workspace_id, a.source, a.recorded_at, ${WAS_LOGGED} AS was_logged
    FROM activity a WHERE a.seq > $1 ORDER BY a.seq LIMIT ${BATCH}
  ), arrived AS MATERIALIZED (
    SELECT b.workspace_id, b.source, date_bin('5 minutes', b.recorded_at, 'epoch') AS at,
      min(b.recorded_at) AS first_at, max(b.recorded_at) AS last_at
    FROM batch b JOIN workspace w ON w.id = b.workspace_id
    WHERE b.was_logged AND b.source NOT LIKE 'ui:%' AND b.recorded_at >= $2
    GROUP BY 1, 2, 3
  ), slots AS (
    INSERT INTO alert_source_slot (workspace_id, source, at) SELECT workspace_id, source, at FROM arrived
    ON CONFLICT DO NOTHING
  ), sources AS (
    INSERT INTO alert_source AS s (workspace_id, source, first_at, last_at)
    SELECT workspace_id, source, min(first_at), max(last_at) FROM arrived GROUP BY 1, 2
    ON CONFLICT (workspace_id, source) DO UPDATE SET last_at = greatest(s.last_at, excluded.last_at)
  ), moved AS (
    UPDATE alert_progress SET learned_seq = (SELECT max(seq) FROM batch) WHERE EXISTS (SELECT FROM batch)
  )
  SELECT max(seq) AS seq, count(*) AS rows FROM batch`;
const batchRow = z.object({ seq: z.number().nullable(), rows: z.number() });

const FORGET_SQL = `
  WITH slots AS (DELETE FROM alert_source_slot WHERE at < $1)
  DELETE FROM alert_source WHERE last_at < $1`;
const RESTORED_SQL = 'UPDATE alert_progress SET learned_seq = $1';

/** When history begins that is worth remembering. */
export function horizon(now: Date): Date {
  return new Date(now.getTime() - (RHYTHM_WEEKS + 1) * WEEK_MS);
}

/** Brings what is known of the rhythm of sources up to the end of the book, or as far as it gets in one go. */
export async function learnRhythm(db: Pick<pg.PoolClient, 'query'>, now: Date): Promise<void> {
  const since = horizon(now);
  const position = positionRow.parse((await db.query(POSITION_SQL)).rows[0]);
  let from = position.learned_seq;
  // The book of a restored copy ends earlier than what was learned.
  if (position.newest !== null && position.newest < from) {
    from = position.newest;
    await db.query(RESTORED_SQL, [from]);
  }
  for (let batches = 0; batches < MAX_BATCHES; batches += 1) {
    const { seq, rows } = batchRow.parse((await db.query(LEARN_SQL, [from, since])).rows[0]);
    from = seq ?? from;
    if (rows < BATCH) break;
  }
  await db.query(FORGET_SQL, [since]);
}
