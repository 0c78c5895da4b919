import { z } from 'zod';
import { weeksAgo } from '#domain/day.ts';
import { spansSince } from '../../sources/index.ts';
import { durationText, plural } from '../message.ts';
import { judgeSilence, RHYTHM_WEEKS } from '../rhythm.ts';
import { type Finding, facts, threshold, type Watch } from './watch.ts';

const QUIET_SQL = `
  SELECT source, last_recorded_at FROM source_state
  WHERE workspace_id = $1 AND last_recorded_at >= $4 AND last_recorded_at < $2 AND source NOT LIKE 'ui:%' AND (cardinality($3::text[]) = 0 OR source = ANY ($3::text[]))
  ORDER BY source LIMIT 1000`;
const TIMES_SQL = `
  SELECT (extract(epoch FROM at) * 1000)::float8 AS at FROM source_span
  WHERE workspace_id = $1 AND source = $2 ORDER BY at`;
const quietRow = z.object({ source: z.string(), last_recorded_at: z.date() });
const timeRow = z.object({ at: z.number() });

/**
 * Sources that are quiet for longer than their own past explains. Once silent, a source is so until something comes from it,
 * or until it has not come for so long that nothing is known of it any more. While events wait in a spool, or in the book to
 * be counted, nobody can say who is silent.
 */
export const watchSourceSilent: Watch = async ({ db, now, workspace, rule, open, isAllCounted }) => {
  if (!(await isAllCounted)) return 'undecided';
  const minMs = threshold(rule, 'minMinutes') * 60_000;
  const byRule = { minMs, factor: threshold(rule, 'factor'), weeks: threshold(rule, 'weeks') };
  const before = new Date(now.getTime() - minMs);
  const quiet = await db.query(QUIET_SQL, [workspace.id, before, rule.sources, spansSince(now)]);
  const sameTime = Array.from({ length: RHYTHM_WEEKS }, (_, index) =>
    weeksAgo(now, index + 1, workspace.timeZone).getTime(),
  );
  const findings: Finding[] = [];
  for (const row of quiet.rows) {
    const { source, last_recorded_at: lastAt } = quietRow.parse(row);
    const { rows } = await db.query(TIMES_SQL, [workspace.id, source]);
    const slots = z.array(timeRow).parse(rows);
    const times = [...slots.map(({ at }) => at).filter((at) => at < lastAt.getTime()), lastAt.getTime()];
    const judged = judgeSilence({ times, now: now.getTime(), sameTime }, byRule);
    const silenceMs = now.getTime() - lastAt.getTime();
    if (judged.verdict !== 'silent' && !open.has(source)) continue;
    const known = judged.verdict === 'too-little-history' ? undefined : judged;
    findings.push({
      subject: source,
      severity: rule.severity,
      title: 'A source has gone silent',
      facts: facts(
        ['Source', source],
        ['Silent for', durationText(silenceMs)],
        ['Last event', `${lastAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`],
        ['Expected', known && `at most ${durationText(known.expectedMs)} at this time of the week`],
        ['Alerts after', known && durationText(known.limitMs)],
        ['Learned from', known && plural(known.weeks, 'week')],
      ),
      summary:
        'At this time of the week something came from it in past weeks. Look whether the workflow or service still runs and reaches the bridge.',
      path: `/admin/activity-logs?range=all&source=${encodeURIComponent(source)}`,
    });
  }
  return findings;
};
