import { z } from 'zod';
import { WAS_LOGGED } from '#platform/db/imported.ts';
import { plural } from '../message.ts';
import { isSpoolInUse } from './spool-in-use.ts';
import { type Finding, facts, minutesBefore, threshold, type Watch } from './watch.ts';

/** A workspace that records no deliveries has none to miss. */
const KNOWS_SQL = `
  SELECT EXISTS (
    SELECT FROM activity WHERE workspace_id = $1 AND type = 'MESSAGE_DELIVERED' AND occurred_at >= $2 AND occurred_at <= $3
  ) AS knows`;

/**
 * Messages sent in the window, and whether something came of each: by the provider's id where both have one, else by the
 * lead, under any of its keys. Both sides are read by the index on types; of what came, that alone is kept which can answer
 * one of the messages, so that there may be any number of it.
 */
const COUNT_SQL = `
  WITH sent AS MATERIALIZED (
    SELECT a.id, a.source, a.occurred_at, a.metadata ->> 'simpletexting_id' AS message_id, a.subject_key, i.lead_id,
      coalesce('lead:' || i.lead_id, a.subject_key) AS lead
    FROM (
      SELECT * FROM activity a WHERE workspace_id = $1 AND type = 'MESSAGE_SENT' AND occurred_at >= $2 AND occurred_at < $3
        AND ${WAS_LOGGED}
      ORDER BY occurred_at DESC LIMIT 20000
    ) a
    LEFT JOIN lead_identity i ON i.workspace_id = a.workspace_id AND i.subject_key = a.subject_key
      AND a.recorded_at >= i.from_at AND a.recorded_at < i.to_at
    WHERE cardinality($5::text[]) = 0 OR a.source = ANY ($5::text[])
  ), lead_key AS MATERIALIZED (
    SELECT subject_key FROM sent UNION SELECT lead FROM sent
    UNION SELECT subject_key FROM lead_identity WHERE workspace_id = $1 AND lead_id IN (SELECT lead_id FROM sent)
  ), answered AS MATERIALIZED (
    SELECT a.occurred_at, a.metadata ->> 'simpletexting_id' AS message_id, coalesce('lead:' || i.lead_id, a.subject_key) AS lead
    FROM activity a
    LEFT JOIN lead_identity i ON i.workspace_id = a.workspace_id AND i.subject_key = a.subject_key
      AND a.recorded_at >= i.from_at AND a.recorded_at < i.to_at
    WHERE a.workspace_id = $1
      AND a.type IN ('MESSAGE_DELIVERED', 'MESSAGE_FAILED', 'INBOUND_REPLY', 'LINK_CLICKED', 'OPT_OUT')
      AND a.occurred_at >= $2 - interval '1 minute' AND a.occurred_at <= $4
      AND (a.metadata ->> 'simpletexting_id' IN (SELECT message_id FROM sent) OR a.subject_key IN (SELECT subject_key FROM lead_key))
  ), by_id AS (
    SELECT DISTINCT message_id FROM answered WHERE message_id IS NOT NULL
  ), by_lead AS (
    SELECT lead, max(occurred_at) AS last_at, bool_or(message_id IS NULL) AS has_nameless,
      max(occurred_at) FILTER (WHERE message_id IS NULL) AS last_nameless_at
    FROM answered WHERE lead IS NOT NULL GROUP BY lead
  ), judged AS (
    SELECT s.*, (d.message_id IS NOT NULL
      -- Without an id on one of the sides the lead decides; clocks of two systems may differ by a minute.
      OR (s.message_id IS NULL AND l.last_at >= s.occurred_at - interval '1 minute')
      OR (l.has_nameless AND l.last_nameless_at >= s.occurred_at - interval '1 minute')) IS TRUE AS is_answered
    FROM sent s LEFT JOIN by_id d ON d.message_id = s.message_id LEFT JOIN by_lead l ON l.lead = s.lead
  )
  SELECT source, count(*) AS sent, count(*) FILTER (WHERE NOT is_answered) AS missing,
    min(occurred_at) FILTER (WHERE NOT is_answered) AS oldest_at,
    (array_agg(message_id ORDER BY occurred_at DESC) FILTER (WHERE NOT is_answered AND message_id IS NOT NULL))[1:5] AS ids
  FROM judged GROUP BY source ORDER BY source`;

const countRow = z.object({
  source: z.string(),
  sent: z.number(),
  missing: z.number(),
  oldest_at: z.date().nullable(),
  ids: z.array(z.string()).nullable(),
});
const DAYS_OF_HISTORY = 28;

/**
 * Messages that were sent, of which nothing was heard since, by source. While events wait in a spool their deliveries may
 * be among them: the drain brings what is older first.
 */
export const watchUndelivered: Watch = async ({ db, now, workspace, rule }) => {
  if (await isSpoolInUse({ db, now })) return 'undecided';
  const afterMinutes = threshold(rule, 'afterMinutes');
  const windowMinutes = threshold(rule, 'windowMinutes');
  const until = minutesBefore(now, afterMinutes);
  const from = minutesBefore(until, windowMinutes);
  const knows = await db.query(KNOWS_SQL, [workspace.id, minutesBefore(now, DAYS_OF_HISTORY * 1_440), now]);
  if (!knows.rows[0]?.knows) return [];
  const { rows } = await db.query(COUNT_SQL, [workspace.id, from, until, now, rule.sources]);
  return rows.flatMap((row): Finding[] => {
    const { source, sent, missing, oldest_at, ids } = countRow.parse(row);
    const percent = (missing / sent) * 100;
    if (missing < threshold(rule, 'threshold') || percent < threshold(rule, 'percent')) return [];
    return [
      {
        subject: source,
        severity: rule.severity,
        title: 'Messages sent, but not delivered',
        facts: facts(
          ['Source', source],
          ['Not delivered', `${missing} of ${plural(sent, 'message')} (${Math.round(percent)} %)`],
          ['Sent within', `${plural(windowMinutes, 'minute')}, at least ${plural(afterMinutes, 'minute')} ago`],
          ['Since', oldest_at && `${oldest_at.toISOString().slice(0, 16).replace('T', ' ')} UTC`],
          ['Message ids', ids?.join(', ')],
        ),
        summary:
          'Nothing was heard of them: no delivery, no failure, no reply. Look at the provider, and at the workflow that records deliveries.',
        path: `/admin/activity-logs?type=MESSAGE_SENT&source=${encodeURIComponent(source)}`,
      },
    ];
  });
};
