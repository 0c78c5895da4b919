import { z } from 'zod';
import { refusalInWords } from '#domain/refusal-words.ts';
import { plural } from '../message.ts';
import { facts, minutesBefore, threshold, type Watch } from './watch.ts';

const COUNT_SQL = `
  SELECT count(*) FILTER (WHERE received_at >= $2) AS fresh, count(*) AS waiting FROM quarantine
  WHERE workspace_id = $1 AND state = 'waiting'`;
const REASONS_SQL = `
  SELECT code, count(*) AS count FROM quarantine
  WHERE workspace_id = $1 AND state = 'waiting' AND received_at >= $2 GROUP BY code ORDER BY count(*) DESC LIMIT 3`;
const countRow = z.object({ fresh: z.number(), waiting: z.number() });
const reasonRow = z.object({ code: z.string(), count: z.number() });

/** How many events have come into quarantine and still wait there. */
export const watchQuarantineGrowth: Watch = async ({ db, now, workspace, rule }) => {
  const windowMinutes = threshold(rule, 'windowMinutes');
  const from = minutesBefore(now, windowMinutes);
  const { fresh, waiting } = countRow.parse((await db.query(COUNT_SQL, [workspace.id, from])).rows[0]);
  if (fresh < threshold(rule, 'threshold')) return [];
  const reasons = z.array(reasonRow).parse((await db.query(REASONS_SQL, [workspace.id, from])).rows);
  return [
    {
      subject: 'quarantine',
      severity: rule.severity,
      title: 'The retry queue grows',
      facts: facts(
        ['New', `${plural(fresh, 'event')} in ${plural(windowMinutes, 'minute')}`],
        ['Waiting', plural(waiting, 'event')],
        ['Reasons', reasons.map(({ code, count }) => `${refusalInWords(code)} (${count})`).join(', ')],
      ),
      summary: 'Correct and replay them in the retry queue, or register the type they wait for.',
      path: '/admin/retry-queue',
    },
  ];
};
