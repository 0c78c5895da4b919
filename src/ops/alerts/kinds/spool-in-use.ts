import { z } from 'zod';
import { durationText, plural } from '../message.ts';
import { type Finding, facts, minutesBefore, threshold, type Watch, type WatchContext } from './watch.ts';

/** Processes that share a place share its spool, each with a part of it. Who has not said anything for a while is gone. */
const PLACES_SQL = `
  SELECT place, sum(spool_records) AS records, sum(spool_bytes)::float8 AS bytes, max(spool_max_bytes) AS max_bytes,
    min(spool_oldest_at) AS oldest_at, max(spool_damaged) AS damaged
  FROM server_process WHERE stopped_at IS NULL AND beat_at >= $1 AND spool_records IS NOT NULL GROUP BY place ORDER BY place`;
const placeRow = z.object({
  place: z.string(),
  records: z.number(),
  bytes: z.number(),
  max_bytes: z.number(),
  oldest_at: z.date().nullable(),
  damaged: z.number(),
});

/** A process says every five seconds how it is. */
const FRESH_MINUTES = 2;
/** From here on it is a matter of time until events are refused. */
const CRITICAL_PERCENT = 90;

const IN_USE_SQL = `
  SELECT EXISTS (
    SELECT FROM server_process WHERE stopped_at IS NULL AND beat_at >= $1 AND spool_records > 0) AS in_use`;

/** Whether events wait in the spool of any process: then nobody can say what has not come. */
export async function isSpoolInUse({ db, now }: Pick<WatchContext, 'db' | 'now'>): Promise<boolean> {
  const { rows } = await db.query(IN_USE_SQL, [minutesBefore(now, FRESH_MINUTES)]);
  return rows[0]?.in_use === true;
}

/** Events that wait on disk although the database is there again, or for one process is not. */
export const watchSpoolInUse: Watch = async ({ db, now, rule }) => {
  const { rows } = await db.query(PLACES_SQL, [minutesBefore(now, FRESH_MINUTES)]);
  return rows.flatMap((row): Finding[] => {
    const { place, records, bytes, max_bytes, oldest_at, damaged } = placeRow.parse(row);
    const percent = (bytes / max_bytes) * 100;
    const ageMs = records > 0 && oldest_at ? now.getTime() - oldest_at.getTime() : 0;
    const isOver =
      records >= threshold(rule, 'records') ||
      percent >= threshold(rule, 'percent') ||
      ageMs >= threshold(rule, 'ageMinutes') * 60_000;
    if (!isOver) return [];
    return [
      {
        subject: place,
        severity: percent >= CRITICAL_PERCENT ? 'critical' : rule.severity,
        title: 'Events wait in the spool',
        facts: facts(
          ['Server', place],
          ['Waiting', plural(records, 'event')],
          ['Full', `${percent.toFixed(percent < 10 ? 1 : 0)} % of ${Math.round(max_bytes / 2 ** 20)} MB`],
          ['Oldest', ageMs > 0 ? durationText(ageMs) : ''],
          ['Damaged', damaged > 0 ? plural(damaged, 'piece') : ''],
        ),
        summary:
          'They were acknowledged and are safe on disk. They go into the book by themselves; when they do not become fewer, look at the log of that server.',
        path: '/admin/health',
      },
    ];
  });
};
