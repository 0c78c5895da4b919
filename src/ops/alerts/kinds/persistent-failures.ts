import { z } from 'zod';
import { WAS_LOGGED } from '#platform/db/imported.ts';
import { plural } from '../message.ts';
import { type Finding, facts, minutesBefore, threshold, type Watch } from './watch.ts';

/** What a source without a name is called. */
const NAMELESS = '(no source)';

/**
 * Refusals are in quarantine, where a repeat counts too (of an entry that is older than the window at least one); failures
 * that were reported are in the book. An entry that asks whose an event is was refused by nobody.
 */
const COUNT_SQL = `
  SELECT source, sum(refused) AS refused, sum(failed) AS failed, max(at) AS last_at FROM (
    SELECT coalesce(q.source, '${NAMELESS}') AS source, 0 AS failed, q.last_received_at AS at,
      CASE WHEN q.received_at >= $2 THEN 1 + q.repeats ELSE 1 END AS refused
    FROM quarantine q WHERE q.workspace_id = $1 AND q.last_received_at >= $2 AND q.waits_for IS NULL
    UNION ALL
    SELECT a.source, 1, a.occurred_at, 0 FROM activity a
    WHERE a.workspace_id = $1 AND a.occurred_at >= $2 AND ${WAS_LOGGED}
      AND (a.success IS FALSE OR a.severity = 'ERROR' OR a.type = 'MESSAGE_FAILED')
  ) AS failures
  WHERE cardinality($4::text[]) = 0 OR source = ANY ($4::text[])
  GROUP BY source HAVING sum(refused) + sum(failed) >= $3
  ORDER BY sum(refused) + sum(failed) DESC LIMIT 50`;

const countRow = z.object({ source: z.string(), refused: z.number(), failed: z.number(), last_at: z.date() });

const LAST_SQL = `
  SELECT body::text AS body, message, type FROM quarantine
  WHERE workspace_id = $1 AND last_received_at >= $2 AND waits_for IS NULL AND coalesce(source, '${NAMELESS}') = $3
  ORDER BY last_received_at DESC LIMIT 1`;
const lastRow = z.object({ body: z.string(), message: z.string(), type: z.string().nullable() });

/** Refused and failed events by source. The words and facts are those of the workflows' own message. */
export const watchPersistentFailures: Watch = async ({ db, now, workspace, rule }) => {
  const windowMinutes = threshold(rule, 'windowMinutes');
  const from = minutesBefore(now, windowMinutes);
  const counts = await db.query(COUNT_SQL, [workspace.id, from, threshold(rule, 'threshold'), rule.sources]);
  const findings: Finding[] = [];
  for (const row of counts.rows) {
    const { source, refused, failed } = countRow.parse(row);
    const { rows } = await db.query(LAST_SQL, [workspace.id, from, source]);
    const last = rows[0] === undefined ? undefined : lastRow.parse(rows[0]);
    const body = last ? membersOf(last.body) : {};
    findings.push({
      subject: source,
      severity: rule.severity,
      title: 'Activity Log Failed',
      facts: facts(
        ['Source', source],
        ['Failures', `${plural(refused + failed, 'event')} in ${plural(windowMinutes, 'minute')}`],
        ['Execution', body.executionId],
        ['Lead', body.leadAirtableId ?? body.leadId],
        ['Event', last?.type ?? body.eventType],
        ['Reason', last?.message],
      ),
      summary: sentence(refused, failed),
      path: refused > 0 ? pathOf(source) : `/admin/activity-logs?source=${encodeURIComponent(source)}`,
    });
  }
  return findings;
};

function sentence(refused: number, failed: number): string {
  const parts = [
    refused > 0 ? `${plural(refused, 'event')} refused: written to the retry queue, nothing is lost.` : '',
    failed > 0 ? `${plural(failed, 'failure')} reported: in the book.` : '',
  ];
  return parts.filter(Boolean).join(' ');
}

function pathOf(source: string): string {
  return source === NAMELESS ? '/admin/retry-queue' : `/admin/retry-queue?source=${encodeURIComponent(source)}`;
}

function membersOf(body: string): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).safeParse(JSON.parse(body)).data ?? {};
}
