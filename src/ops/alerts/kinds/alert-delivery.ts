import { z } from 'zod';
import { durationText, plural } from '../message.ts';
import { facts, threshold, type Watch } from './watch.ts';

const CHANNELS_SQL = `
  SELECT c.id, c.name, c.failures, c.failing_since, c.last_error,
    (SELECT count(*) FROM alert_delivery d WHERE d.channel_id = c.id AND d.state = 'waiting') AS waiting
  FROM alert_channel c WHERE c.workspace_id = $1 AND c.enabled AND c.failures >= $2 AND c.failing_since <= $3
  ORDER BY c.created_at`;
const channelRow = z.object({
  id: z.string(),
  name: z.string(),
  failures: z.number(),
  failing_since: z.date().nullable(),
  last_error: z.string().nullable(),
  waiting: z.number(),
});

const RULES_SQL = `
  SELECT id, name, failing_since, last_error FROM alert_rule
  WHERE workspace_id = $1 AND enabled AND failing_since <= $2 ORDER BY created_at`;
const ruleRow = z.object({
  id: z.string(),
  name: z.string(),
  failing_since: z.date(),
  last_error: z.string().nullable(),
});
/** One evaluation that fails may be chance, as may be a moment in which a receiver restarts while three messages come. */
const PATIENCE_MS = { rule: 90_000, channel: 60_000 } as const;

/** Alerting does not fail in silence: what does not arrive, and what cannot be evaluated, is an alert itself. */
export const watchAlertDelivery: Watch = async ({ db, now, workspace, rule }) => {
  const before = (ms: number) => new Date(now.getTime() - ms);
  const channels = await db.query(CHANNELS_SQL, [
    workspace.id,
    threshold(rule, 'failures'),
    before(PATIENCE_MS.channel),
  ]);
  const rules = await db.query(RULES_SQL, [workspace.id, before(PATIENCE_MS.rule)]);
  const since = (date: Date | null) => date && durationText(now.getTime() - date.getTime());
  return [
    ...z
      .array(channelRow)
      .parse(channels.rows)
      .map((channel) => ({
        subject: `channel:${channel.id}`,
        severity: rule.severity,
        title: 'A channel does not take alerts',
        facts: facts(
          ['Channel', channel.name],
          ['Failed', `${plural(channel.failures, 'time')} in a row`],
          ['For', since(channel.failing_since)],
          ['Answer', channel.last_error],
          ['Waiting', plural(channel.waiting, 'message')],
        ),
        summary: 'Messages are kept and tried again for a day. Correct its address under Channels, and press Test.',
        path: '/admin/alerts?tab=channels',
      })),
    ...z
      .array(ruleRow)
      .parse(rules.rows)
      .map((failing) => ({
        subject: `rule:${failing.id}`,
        severity: rule.severity,
        title: 'A rule cannot be evaluated',
        facts: facts(['Rule', failing.name], ['For', since(failing.failing_since)], ['Reason', failing.last_error]),
        summary: 'As long as this lasts, it alerts of nothing. The log of the server has the cause.',
        path: '/admin/alerts?tab=rules',
      })),
  ];
};
