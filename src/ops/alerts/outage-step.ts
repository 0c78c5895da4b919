import { quietUntil } from '#domain/quiet-times.ts';
import type { FallbackState } from '#ingest/index.ts';
import { newId } from '#platform/ids.ts';
import { facts } from './kinds/watch.ts';
import { type AlertMessage, durationText, type MessageEvent, plural } from './message.ts';
import type { KnownRule, Outage, OutageStanding, PendingMessage } from './outage-memory.ts';
import { type Standing, step } from './step.ts';

export interface OutageCircumstances {
  readonly now: Date;
  readonly isAway: boolean;
  /** Which server says so. */
  readonly place: string;
  readonly spool: FallbackState['spool'] | undefined;
  readonly linkTo: (path: string) => string | null;
}

export const OUTAGE_TITLE = 'The database is away';

/** What becomes of an outage for each rule that is to tell of it: the life of any alert (step.ts), kept on disk. */
export function stepOutage(outage: Outage, rules: readonly KnownRule[], by: OutageCircumstances): Outage {
  const standings: OutageStanding[] = outage.standings.filter(({ resolvedAt }) => resolvedAt !== null);
  const outbox: PendingMessage[] = [...outage.outbox];
  for (const rule of rules) {
    const known = outage.standings.find(({ ruleId, resolvedAt }) => ruleId === rule.id && resolvedAt === null);
    const [standing, told] = stepRule(outage, rule, known, by);
    if (standing) standings.push(standing);
    outbox.push(...told);
  }
  return { ...outage, standings, outbox };
}

function stepRule(
  outage: Outage,
  rule: KnownRule,
  known: OutageStanding | undefined,
  by: OutageCircumstances,
): [OutageStanding | undefined, PendingMessage[]] {
  const { now, isAway } = by;
  const isLong = now.getTime() - Date.parse(outage.since) >= rule.afterSeconds * 1000;
  const seen = isAway && (isLong || known) ? rule.severity : undefined;
  const next = step(known && datesOf(known), seen, {
    now,
    quietUntil: quietUntil(rule.quiet, now, rule.workspace.timeZone),
    quietHoldsCritical: rule.quietHoldsCritical,
    isMuted: rule.mutedUntil !== null && rule.mutedUntil > now.toISOString(),
    remindMs: rule.remindMinutes * 60_000,
  });
  const base = known ?? newStanding(outage, rule, now);
  if (next.to === 'none') return [undefined, []];
  if (next.to === 'calming') return [{ ...base, calmSince: next.calmSince.toISOString() }, []];
  if (next.to === 'resolved') {
    // It was over when it was seen for the last time, not when that was believed.
    const over = { ...base, resolvedAt: base.calmSince ?? now.toISOString() };
    return [over, next.tell ? messagesOf(outage, rule, over, next.tell, next.tellAt, by) : []];
  }
  const told = next.tell && { notifiedAt: now.toISOString(), notifiedSeverity: rule.severity };
  const standing = { ...base, calmSince: null, ...told };
  return [standing, next.tell ? messagesOf(outage, rule, standing, next.tell, now, by) : []];
}

function newStanding(outage: Outage, rule: KnownRule, now: Date): OutageStanding {
  return {
    alertId: newId(now.getTime()),
    workspaceId: rule.workspace.id,
    ruleId: rule.id,
    severity: rule.severity,
    openedAt: outage.since,
    calmSince: null,
    notifiedAt: null,
    notifiedSeverity: null,
    resolvedAt: null,
  };
}

function datesOf({ severity, calmSince, notifiedAt, notifiedSeverity }: OutageStanding): Standing {
  const date = (text: string | null) => (text === null ? null : new Date(text));
  // Nobody can acknowledge it: that would take the database.
  const dates = { calmSince: date(calmSince), notifiedAt: date(notifiedAt), acknowledgedAt: null };
  return { severity, notifiedSeverity, ...dates };
}

function messagesOf(
  outage: Outage,
  rule: KnownRule,
  standing: OutageStanding,
  event: MessageEvent,
  at: Date,
  by: OutageCircumstances,
): PendingMessage[] {
  const { now, place, linkTo } = by;
  const { id, name } = rule.workspace;
  const isOver = event === 'resolved';
  const message: AlertMessage = {
    event,
    workspace: { id, name },
    alert: {
      id: standing.alertId,
      kind: 'database-away',
      rule: rule.name,
      subject: place,
      severity: rule.severity,
      title: OUTAGE_TITLE,
      summary: isOver
        ? 'It is back. What waits in the spool goes into the book by itself.'
        : 'Events of services are acknowledged and wait in the spool; everything else is refused until it is back.',
      facts: outageFacts(outage, by),
      openedAt: standing.openedAt,
      resolvedAt: standing.resolvedAt,
    },
    link: linkTo('/admin/health'),
  };
  return rule.channels.map((channel) => ({
    id: newId(now.getTime()),
    workspaceId: id,
    channelId: channel.id,
    message,
    attempts: 0,
    nextTryAt: at.toISOString(),
    // Its age counts from when it may be sent, as that of every message.
    createdAt: at.toISOString(),
  }));
}

function outageFacts({ since, reason, records }: Outage, { now, isAway, place, spool }: OutageCircumstances) {
  return facts(
    ['Server', place],
    ['Away for', isAway && durationText(now.getTime() - Date.parse(since))],
    ['Reason', reason],
    [isAway ? 'Waiting' : 'Waited', plural(isAway ? (spool?.records ?? 0) : records, 'event')],
    ['Spool', isAway && spool && `${((spool.bytes / spool.maxBytes) * 100).toFixed(1)} % full`],
  );
}
