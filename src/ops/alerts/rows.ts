import { z } from 'zod';
import {
  ALERT_KINDS,
  ALERT_STATES,
  type AlertView,
  alertFact,
  CHANNEL_TYPES,
  type ChannelView,
  type DeliveryView,
  defaultParams,
  type RuleView,
  SEVERITIES,
} from '#domain/alert.ts';
import { quietSpan } from '#domain/quiet-times.ts';

/** How rules, channels, alerts and deliveries come out of the database. */
const text = z.string();
const maybe = text.nullable();
const instant = z.date();
const moment = instant.nullable();

export const RULE_COLUMNS = `
  id, workspace_id, kind, name, is_default, enabled, severity, params, sources, all_channels, channel_ids, quiet,
  quiet_holds_critical, remind_minutes, muted_until, last_error, failing_since, updated_by, updated_at`;

export const ruleRow = z.object({
  id: text,
  workspace_id: text,
  kind: z.enum(ALERT_KINDS),
  name: text,
  is_default: z.boolean(),
  enabled: z.boolean(),
  severity: z.enum(SEVERITIES),
  params: z.record(text, z.number()),
  sources: z.array(text),
  all_channels: z.boolean(),
  channel_ids: z.array(text),
  quiet: z.array(quietSpan),
  quiet_holds_critical: z.boolean(),
  remind_minutes: z.number(),
  muted_until: moment,
  last_error: maybe,
  failing_since: moment,
  updated_by: maybe,
  updated_at: instant,
});
export type RuleRow = z.output<typeof ruleRow>;

export function toRule(row: unknown): RuleView {
  const rule = ruleRow.parse(row);
  return {
    id: rule.id,
    kind: rule.kind,
    name: rule.name,
    isDefault: rule.is_default,
    enabled: rule.enabled,
    severity: rule.severity,
    params: { ...defaultParams(rule.kind), ...rule.params },
    sources: rule.sources,
    allChannels: rule.all_channels,
    channelIds: rule.channel_ids,
    quiet: rule.quiet,
    quietHoldsCritical: rule.quiet_holds_critical,
    remindMinutes: rule.remind_minutes,
    mutedUntil: iso(rule.muted_until),
    lastError: rule.last_error,
    failingSince: iso(rule.failing_since),
    updatedBy: rule.updated_by,
    updatedAt: rule.updated_at.toISOString(),
  };
}

export const CHANNEL_COLUMNS = `
  c.id, c.workspace_id, c.name, c.type, c.enabled, c.shown_url, c.failures, c.failing_since, c.last_error, c.last_ok_at,
  c.created_by, c.created_at,
  (SELECT count(*) FROM alert_delivery d WHERE d.channel_id = c.id AND d.state = 'waiting') AS waiting`;

const channelRow = z.object({
  id: text,
  workspace_id: text,
  name: text,
  type: z.enum(CHANNEL_TYPES),
  enabled: z.boolean(),
  shown_url: text,
  failures: z.number(),
  failing_since: moment,
  last_error: maybe,
  last_ok_at: moment,
  created_by: text,
  created_at: instant,
  waiting: z.number(),
});

export function toChannel(row: unknown): ChannelView {
  const channel = channelRow.parse(row);
  return {
    id: channel.id,
    name: channel.name,
    type: channel.type,
    enabled: channel.enabled,
    shownUrl: channel.shown_url,
    failures: channel.failures,
    failingSince: iso(channel.failing_since),
    lastError: channel.last_error,
    lastOkAt: iso(channel.last_ok_at),
    waiting: channel.waiting,
    createdBy: channel.created_by,
    createdAt: channel.created_at.toISOString(),
  };
}

/** What is encrypted of a channel, and with which key. */
export const SEALED_COLUMNS = 'id, name, type, sealed_url, sealed_secret, key_id';
export const sealedChannel = z.object({
  id: text,
  name: text,
  type: z.enum(CHANNEL_TYPES),
  sealed_url: text,
  sealed_secret: maybe,
  key_id: text,
});
export type SealedChannel = z.output<typeof sealedChannel>;

export const ALERT_COLUMNS = `
  a.id, a.workspace_id, a.rule_id, a.kind, a.subject, a.severity, a.state, a.title, a.summary, a.facts, a.path, a.opened_at,
  a.last_seen_at, a.calm_since, a.resolved_at, a.notified_at, a.notified_severity, a.acknowledged_at, a.acknowledged_by,
  a.muted_until`;

export const alertRow = z.object({
  id: text,
  workspace_id: text,
  rule_id: maybe,
  kind: z.enum(ALERT_KINDS),
  subject: text,
  severity: z.enum(SEVERITIES),
  state: z.enum(ALERT_STATES),
  title: text,
  summary: text,
  facts: z.array(alertFact),
  path: maybe,
  opened_at: instant,
  last_seen_at: instant,
  calm_since: moment,
  resolved_at: moment,
  notified_at: moment,
  notified_severity: z.enum(SEVERITIES).nullable(),
  acknowledged_at: moment,
  acknowledged_by: maybe,
  muted_until: moment,
});
export type AlertRow = z.output<typeof alertRow>;

export function toAlert(row: unknown): AlertView {
  const alert = alertRow.parse(row);
  return {
    id: alert.id,
    ruleId: alert.rule_id,
    kind: alert.kind,
    subject: alert.subject,
    severity: alert.severity,
    state: alert.state,
    title: alert.title,
    summary: alert.summary,
    facts: alert.facts,
    path: alert.path,
    openedAt: alert.opened_at.toISOString(),
    lastSeenAt: alert.last_seen_at.toISOString(),
    resolvedAt: iso(alert.resolved_at),
    notifiedAt: iso(alert.notified_at),
    acknowledgedAt: iso(alert.acknowledged_at),
    acknowledgedBy: alert.acknowledged_by,
    mutedUntil: iso(alert.muted_until),
  };
}

const deliveryRow = z.object({
  id: text,
  channel_id: text,
  channel_name: text,
  event: z.enum(['opened', 'reminder', 'resolved']),
  state: z.enum(['waiting', 'sent', 'failed']),
  attempts: z.number(),
  next_try_at: instant,
  last_status: z.number().nullable(),
  last_error: maybe,
  created_at: instant,
  finished_at: moment,
});

export function toDelivery(row: unknown): DeliveryView {
  const delivery = deliveryRow.parse(row);
  return {
    id: delivery.id,
    channelId: delivery.channel_id,
    channelName: delivery.channel_name,
    event: delivery.event,
    state: delivery.state,
    attempts: delivery.attempts,
    nextTryAt: delivery.state === 'waiting' ? delivery.next_try_at.toISOString() : null,
    lastStatus: delivery.last_status,
    lastError: delivery.last_error,
    createdAt: delivery.created_at.toISOString(),
    finishedAt: iso(delivery.finished_at),
  };
}

function iso(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}
