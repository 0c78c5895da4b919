import type pg from 'pg';
import { facts } from './kinds/watch.ts';
import { plural } from './message.ts';
import type { KnownRule, Outage } from './outage-memory.ts';
import { OUTAGE_TITLE } from './outage-step.ts';
import { RULE_COLUMNS, SEALED_COLUMNS, sealedChannel, toRule } from './rows.ts';

const RULES_SQL = `
  SELECT ${RULE_COLUMNS}, (SELECT w.name FROM workspace w WHERE w.id = workspace_id) AS workspace_name,
    (SELECT w.time_zone FROM workspace w WHERE w.id = workspace_id) AS time_zone
  FROM alert_rule WHERE kind = 'database-away' AND enabled ORDER BY workspace_id, id`;
const CHANNELS_SQL = `SELECT ${SEALED_COLUMNS}, workspace_id FROM alert_channel WHERE enabled ORDER BY created_at, id`;

/** The rules of outages and the channels they tell, as they have to be known when nobody can be asked any more. */
export async function readKnownRules(pool: pg.Pool): Promise<KnownRule[]> {
  const rules = (await pool.query(RULES_SQL)).rows;
  const channels = (await pool.query(CHANNELS_SQL)).rows;
  return rules.map((row) => {
    const { id, name, severity, params, quiet, quietHoldsCritical, remindMinutes, mutedUntil, ...rule } = toRule(row);
    const isTold = (channel: { id: string }) => rule.allChannels || rule.channelIds.includes(channel.id);
    return {
      workspace: { id: String(row.workspace_id), name: String(row.workspace_name), timeZone: String(row.time_zone) },
      id,
      name,
      severity,
      afterSeconds: params.afterSeconds ?? 60,
      quiet,
      quietHoldsCritical,
      remindMinutes,
      mutedUntil,
      channels: channels
        .filter((channel) => channel.workspace_id === row.workspace_id && isTold(channel))
        .map((channel) => sealedChannel.parse(channel)),
    };
  });
}

const RECORD_SQL = `
  INSERT INTO alert (id, workspace_id, rule_id, kind, subject, severity, state, title, summary, facts, path, opened_at,
    last_seen_at, resolved_at, notified_at, notified_severity)
  SELECT $1::uuid, w.id, (SELECT r.id FROM alert_rule r WHERE r.id = $3), 'database-away', $4, $5, 'resolved', $6, $7,
    $8::jsonb, '/admin/health', $9::timestamptz, $10::timestamptz, $10::timestamptz, $11::timestamptz, $5
  FROM workspace w WHERE w.id = $2
  ON CONFLICT (id) DO NOTHING`;

/** Writes what is over into the list of past alerts; what is left of the outage is what is still to be done. */
export async function recordOutage(pool: pg.Pool, outage: Outage, place: string): Promise<Outage> {
  const shown = facts(['Server', place], ['Reason', outage.reason], ['Waited', plural(outage.records, 'event')]);
  for (const standing of outage.standings) {
    if (standing.resolvedAt === null) continue;
    await pool.query(RECORD_SQL, [
      standing.alertId,
      standing.workspaceId,
      standing.ruleId,
      place,
      standing.severity,
      OUTAGE_TITLE,
      'Events were kept in the spool meanwhile, and went into the book afterwards.',
      JSON.stringify(shown),
      standing.openedAt,
      standing.resolvedAt,
      standing.notifiedAt,
    ]);
  }
  return { ...outage, standings: outage.standings.filter(({ resolvedAt }) => resolvedAt === null) };
}
