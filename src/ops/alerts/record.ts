import type pg from 'pg';
import type { RuleView } from '#domain/alert.ts';
import type { Finding } from './kinds/index.ts';
import type { AlertMessage, MessageEvent } from './message.ts';
import type { AlertRow } from './rows.ts';
import type { Step } from './step.ts';

/** Whose rule it is. */
export interface RuleWorkspace {
  readonly id: string;
  readonly name: string;
  readonly timeZone: string;
}

export interface RecordContext {
  readonly db: Pick<pg.Pool, 'query'>;
  readonly now: Date;
  readonly rule: RuleView;
  readonly workspace: RuleWorkspace;
  readonly linkTo: (path: string) => string | null;
  readonly newId: () => string;
}

interface Change {
  readonly standing: AlertRow | undefined;
  readonly finding: Finding | undefined;
  readonly next: Step;
}

/** A subject that was muted and comes again within that time is still muted. */
const OPEN_SQL = `
  INSERT INTO alert (id, workspace_id, rule_id, kind, subject, severity, state, title, summary, facts, path, opened_at,
    last_seen_at, notified_at, notified_severity, muted_until)
  VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8, $9, $10, $11, $11, $12, $13, (
    SELECT max(m.muted_until) FROM alert m
    WHERE m.workspace_id = $2 AND m.rule_id = $3 AND m.subject = $5 AND m.muted_until > $11))
  RETURNING muted_until`;
const GO_ON_SQL = `
  UPDATE alert SET severity = $2, title = $3, summary = $4, facts = $5, path = $6, last_seen_at = $7, calm_since = NULL,
    notified_at = coalesce($8, notified_at), notified_severity = coalesce($9, notified_severity)
  WHERE id = $1`;
const CALM_SQL = 'UPDATE alert SET calm_since = $2 WHERE id = $1';
const RESOLVE_SQL = "UPDATE alert SET state = 'resolved', resolved_at = $2 WHERE id = $1";

/**
 * A reminder that waits for a channel is worth no second one; a channel is not told that it does not take messages. Its age
 * counts from when it may be sent: what a weekend has held back is tried for a day like any other.
 */
const TELL_SQL = `
  INSERT INTO alert_delivery (id, workspace_id, alert_id, channel_id, event, message, next_try_at, created_at)
  SELECT $1::uuid, $2::uuid, $3::uuid, c.id, $4, $5::jsonb, $6::timestamptz, $6::timestamptz
  FROM alert_channel c
  WHERE c.id = $7 AND NOT EXISTS (
    SELECT FROM alert_delivery d
    WHERE d.alert_id = $3 AND d.channel_id = c.id AND d.state = 'waiting' AND $4 = 'reminder')`;
const CHANNELS_SQL = `
  SELECT id FROM alert_channel WHERE workspace_id = $1 AND enabled AND ($2 OR id = ANY ($3::uuid[])) ORDER BY created_at, id`;

/** Writes down what becomes of an alert, and puts what is to be told into the outbox, in the transaction of `db`. */
export async function applyStep(context: RecordContext, { standing, finding, next }: Change): Promise<void> {
  const { db, now } = context;
  if (next.to === 'open' && finding) {
    if (standing) await goOn(context, standing, finding, next.tell);
    else await open(context, finding, next.tell);
  } else if (next.to === 'calming' && standing) {
    await db.query(CALM_SQL, [standing.id, next.calmSince]);
  } else if (next.to === 'resolved' && standing) {
    await db.query(RESOLVE_SQL, [standing.id, now]);
    const message = messageOf(context, 'resolved', { ...standing, openedAt: standing.opened_at, resolvedAt: now });
    if (next.tell) await tell(context, standing.id, message, next.tellAt);
  }
}

async function open(context: RecordContext, finding: Finding, event: 'opened' | 'reminder' | undefined): Promise<void> {
  const { db, now, rule, workspace } = context;
  const id = context.newId();
  const told = event ? now : null;
  const { rows } = await db.query(OPEN_SQL, [
    id,
    workspace.id,
    rule.id,
    rule.kind,
    finding.subject,
    finding.severity,
    finding.title,
    finding.summary,
    JSON.stringify(finding.facts),
    finding.path,
    now,
    told,
    told && finding.severity,
  ]);
  if (event === undefined) return;
  if (rows[0]?.muted_until) {
    await db.query('UPDATE alert SET notified_at = NULL, notified_severity = NULL WHERE id = $1', [id]);
    return;
  }
  await tell(context, id, messageOf(context, event, { id, ...finding, openedAt: now, resolvedAt: null }), now);
}

async function goOn(
  context: RecordContext,
  standing: AlertRow,
  finding: Finding,
  event: 'opened' | 'reminder' | undefined,
): Promise<void> {
  const { db, now } = context;
  await db.query(GO_ON_SQL, [
    standing.id,
    finding.severity,
    finding.title,
    finding.summary,
    JSON.stringify(finding.facts),
    finding.path,
    now,
    event ? now : null,
    event ? finding.severity : null,
  ]);
  if (event === undefined) return;
  const { id, opened_at: openedAt } = standing;
  await tell(context, id, messageOf(context, event, { id, ...finding, openedAt, resolvedAt: null }), now);
}

interface Told extends Omit<Finding, 'path'> {
  readonly id: string;
  readonly path: string | null;
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
}

function messageOf({ rule, workspace, linkTo }: RecordContext, event: MessageEvent, told: Told): AlertMessage {
  const { id, subject, severity, title, summary, facts, path, openedAt, resolvedAt } = told;
  return {
    event,
    workspace: { id: workspace.id, name: workspace.name },
    alert: {
      id,
      kind: rule.kind,
      rule: rule.name,
      subject,
      severity,
      title,
      summary: event === 'resolved' ? 'It is over.' : summary,
      facts,
      openedAt: openedAt.toISOString(),
      resolvedAt: resolvedAt?.toISOString() ?? null,
    },
    link: path === null ? null : linkTo(path),
  };
}

async function tell(context: RecordContext, alertId: string, message: AlertMessage, at: Date): Promise<void> {
  const { db, rule, workspace, newId } = context;
  const { rows } = await db.query(CHANNELS_SQL, [workspace.id, rule.allChannels, rule.channelIds]);
  for (const { id: channelId } of rows) {
    if (message.alert.subject === `channel:${channelId}`) continue;
    const text = JSON.stringify(message);
    await db.query(TELL_SQL, [newId(), workspace.id, alertId, message.event, text, at, channelId]);
  }
}
