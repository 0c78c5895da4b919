import { z } from 'zod';
import { weeksAgo } from '#domain/day.ts';
import { durationText, plural } from '../message.ts';
import { judgeSilence, RHYTHM_WEEKS } from '../rhythm.ts';
import { isSpoolInUse } from './spool-in-use.ts';
import { type Finding, facts, threshold, type Watch } from './watch.ts';

const QUIET_SQL = `
  SELECT source, last_at FROM alert_source
  WHERE workspace_id = $1 AND last_at < $2 AND (cardinality($3::text[]) = 0 OR source = ANY ($3::text[]))
  ORDER BY source LIMIT 1000`;
const TIMES_SQL = `
  SELECT (extract(epoch FROM at) * 1000)::float8 AS at FROM alert_source_slot
  WHERE workspace_id = $1 AND source = $2 ORDER BY at`;
const quietRow = z.object({ source: z.string(), last_at: z.date() });
const timeRow = z.object({ at: z.number() });

/**
 * Sources that are quiet for longer than their own past explains. Once silent, a source is so until something comes from it,
 * or until it has not come for so long that nothing is known of it any more. While events wait in a spool nobody can say
 * who is silent.
 */
export const watchSourceSilent: Watch = async ({ db, now, workspace, rule, open }) => {
  if (await isSpoolInUse({ db, now })) return 'undecided';
  const minMs = threshold(rule, 'minMinutes') * 60_000;
  const byRule = { minMs, factor: threshold(rule, 'factor'), weeks: threshold(rule, 'weeks') };
  const quiet = await db.query(QUIET_SQL, [workspace.id, new Date(now.getTime() - minMs), rule.sources]);
  const sameTime = Array.from({ length: RHYTHM_WEEKS }, (_, index) =>
    weeksAgo(now, index + 1, workspace.timeZone).getTime(),
  );
  const findings: Finding[] = [];
  for (const row of quiet.rows) {
    const { source, last_at } = quietRow.parse(row);
    const { rows } = await db.query(TIMES_SQL, [workspace.id, source]);
    const slots = z.array(timeRow).parse(rows);
    const times = [...slots.map(({ at }) => at).filter((at) => at < last_at.getTime()), last_at.getTime()];
    const judged = judgeSilence({ times, now: now.getTime(), sameTime }, byRule);
    const silenceMs = now.getTime() - last_at.getTime();
    if (judged.verdict !== 'silent' && !open.has(source)) continue;
    const known = judged.verdict === 'too-little-history' ? undefined : judged;
    findings.push({
      subject: source,
      severity: rule.severity,
      title: 'A source has gone silent',
      facts: facts(
        ['Source', source],
        ['Silent for', durationText(silenceMs)],
        ['Last event', `${last_at.toISOString().slice(0, 16).replace('T', ' ')} UTC`],
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
