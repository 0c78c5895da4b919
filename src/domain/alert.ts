import { z } from 'zod';
import { quietSpan } from './quiet-times.ts';
import { storableText } from './text.ts';

/** What a rule watches. Each workspace has one rule of each kind from the start; more can be added. */
export const ALERT_KINDS = [
  'persistent-failures',
  'quarantine-growth',
  'spool-in-use',
  'database-away',
  'source-silent',
  'undelivered',
  'failed-logins',
  'alert-delivery',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** `critical` may break through quiet times. */
export const SEVERITIES = ['warning', 'critical'] as const;
export type AlertSeverity = (typeof SEVERITIES)[number];

/** One number that a rule of this kind goes by. */
export interface RuleParam {
  readonly label: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly byDefault: number;
}

export interface AlertKindSpec {
  readonly label: string;
  /** When it alerts, in one sentence. */
  readonly description: string;
  readonly severity: AlertSeverity;
  readonly params: Readonly<Record<string, RuleParam>>;
  /** Whether its subjects are sources, so that a rule can be about some of them alone. */
  readonly bySource: boolean;
  /** Minutes between reminders of an alert that nobody acknowledged. */
  readonly remindMinutes: number;
}

function param(label: string, unit: string, byDefault: number, min: number, max: number): RuleParam {
  return { label, unit, byDefault, min, max };
}

const window = (byDefault: number) => param('Within', 'minutes', byDefault, 1, 1_440);

export const ALERT_KIND_SPECS = {
  'persistent-failures': {
    label: 'Persistent failures',
    description: 'Events of one source are refused, or report failures, again and again.',
    severity: 'critical',
    params: { threshold: param('Failures', 'events', 10, 1, 1_000_000), windowMinutes: window(15) },
    bySource: true,
    remindMinutes: 60,
  },
  'quarantine-growth': {
    label: 'Quarantine growth',
    description: 'More events than usual wait in the retry queue for somebody to correct them.',
    severity: 'warning',
    params: { threshold: param('New and waiting', 'events', 20, 1, 1_000_000), windowMinutes: window(60) },
    bySource: false,
    remindMinutes: 240,
  },
  'spool-in-use': {
    label: 'Spool in use',
    description: 'Events wait on the disk of a server for the database. Any one of the limits is enough.',
    severity: 'warning',
    params: {
      records: param('Waiting', 'events', 1_000, 1, 1_000_000_000),
      percent: param('Or full to', '%', 50, 1, 100),
      ageMinutes: param('Or the oldest waits', 'minutes', 10, 1, 10_080),
    },
    bySource: false,
    remindMinutes: 30,
  },
  'database-away': {
    label: 'Database away',
    description: 'The database cannot be reached: everything that is logged goes to the spool.',
    severity: 'critical',
    params: { afterSeconds: param('For longer than', 'seconds', 60, 5, 86_400) },
    bySource: false,
    remindMinutes: 30,
  },
  'source-silent': {
    label: 'Source gone silent',
    description: 'Nothing comes from a source for much longer than in past weeks at the same time of the week.',
    severity: 'warning',
    params: {
      factor: param('Times its usual silence', '×', 2, 1.1, 100),
      minMinutes: param('And at least', 'minutes', 60, 15, 10_080),
      weeks: param('Weeks of history needed', 'weeks', 3, 2, 8),
    },
    bySource: true,
    remindMinutes: 720,
  },
  undelivered: {
    label: 'Sent without delivered',
    description: 'Messages were sent, and neither delivered, failed nor answered since.',
    severity: 'warning',
    params: {
      afterMinutes: param('Not delivered after', 'minutes', 30, 1, 1_440),
      threshold: param('Messages', 'messages', 10, 1, 10_000),
      percent: param('And of those sent at least', '%', 20, 1, 100),
      windowMinutes: param('Sent within', 'minutes', 60, 5, 1_440),
    },
    bySource: true,
    remindMinutes: 240,
  },
  'failed-logins': {
    label: 'Repeated failed logins',
    description: 'Somebody keeps failing to sign in: to one account, or from one address.',
    severity: 'warning',
    params: {
      account: param('To one account', 'attempts', 10, 2, 10_000),
      address: param('From one address', 'attempts', 20, 2, 100_000),
      windowMinutes: window(15),
    },
    bySource: false,
    remindMinutes: 240,
  },
  'alert-delivery': {
    label: 'Alerting itself fails',
    description: 'A channel does not take messages, or a rule cannot be evaluated.',
    severity: 'critical',
    params: { failures: param('Failed attempts in a row', 'attempts', 3, 1, 100) },
    bySource: false,
    remindMinutes: 240,
  },
} as const satisfies Record<AlertKind, AlertKindSpec>;

export function kindSpec(kind: AlertKind): AlertKindSpec {
  return ALERT_KIND_SPECS[kind];
}

/** The params of a kind as it comes. */
export function defaultParams(kind: AlertKind): Record<string, number> {
  return Object.fromEntries(Object.entries(kindSpec(kind).params).map(([name, { byDefault }]) => [name, byDefault]));
}

const ruleShape = z.object({
  name: storableText(100).min(1, 'say what the rule is for'),
  kind: z.enum(ALERT_KINDS),
  enabled: z.boolean().default(true),
  severity: z.enum(SEVERITIES),
  /** Those that are left out are as they come. */
  params: z.record(z.string(), z.number()).default({}),
  /** Of these sources alone; all when empty. */
  sources: z.array(storableText(255).min(1)).max(100).default([]),
  /** Told of it besides the app itself: every channel of the workspace, also those made later, or these. */
  allChannels: z.boolean().default(true),
  channelIds: z.array(z.uuid()).max(50).default([]),
  quiet: z.array(quietSpan).max(10).default([]),
  quietHoldsCritical: z.boolean().default(false),
  /** 0: no reminders. */
  remindMinutes: z.int().min(0).max(10_080),
});

/** A rule as an administrator writes it. */
export const ruleInput = ruleShape
  .superRefine(({ kind, params }, context) => {
    const specs = kindSpec(kind).params;
    for (const [name, value] of Object.entries(params)) {
      const spec = specs[name];
      const message = spec ? rangeFlaw(spec, value) : `is no threshold of ${kind}; known are ${Object.keys(specs)}`;
      if (message) context.addIssue({ code: 'custom', path: ['params', name], message });
    }
  })
  .transform((rule) => ({ ...rule, params: { ...defaultParams(rule.kind), ...rule.params } }));
export type RuleInput = z.output<typeof ruleInput>;

function rangeFlaw({ min, max, unit }: RuleParam, value: number): string | undefined {
  return value >= min && value <= max ? undefined : `must be from ${min} to ${max} ${unit}`;
}

export const CHANNEL_TYPES = ['slack', 'webhook'] as const;
export type ChannelType = (typeof CHANNEL_TYPES)[number];

const channelUrl = z.string().trim().min(1, 'paste the address').max(2_000).refine(URL.canParse, 'must be an address');

export const channelInput = z.object({
  name: storableText(100).min(1, 'give it a name'),
  type: z.enum(CHANNEL_TYPES),
  url: channelUrl,
});
export type ChannelInput = z.output<typeof channelInput>;

export const channelChange = z.object({
  name: channelInput.shape.name.optional(),
  /** Left out: the address stays, which nobody can read. */
  url: channelUrl.optional(),
  enabled: z.boolean().optional(),
});
export type ChannelChange = z.output<typeof channelChange>;

export const ALERT_STATES = ['open', 'resolved'] as const;
export type AlertState = (typeof ALERT_STATES)[number];

/** Newest first; `cursor` is the nextCursor of the page before. */
export const alertPage = z.object({
  state: z.enum(ALERT_STATES).default('open'),
  kind: z.enum(ALERT_KINDS).optional(),
  limit: z.int().min(1).max(200).default(50),
  cursor: z.string().max(2_000).optional(),
});
export type AlertPage = z.output<typeof alertPage>;

/** For how long, in minutes from now; 0 ends it. */
export const muteMinutes = z.int().min(0).max(43_200);

export const alertFact = z.object({ label: z.string(), value: z.string() });
export type AlertFact = z.output<typeof alertFact>;

/** Instants are ISO 8601 in UTC. */
export interface AlertView {
  readonly id: string;
  readonly ruleId: string | null;
  readonly kind: AlertKind;
  readonly subject: string;
  readonly severity: AlertSeverity;
  readonly state: AlertState;
  readonly title: string;
  /** What was seen, and what was expected. */
  readonly summary: string;
  readonly facts: readonly AlertFact[];
  /** The page to look at. */
  readonly path: string | null;
  readonly openedAt: string;
  readonly lastSeenAt: string;
  readonly resolvedAt: string | null;
  readonly notifiedAt: string | null;
  readonly acknowledgedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly mutedUntil: string | null;
}

export interface RuleView extends Omit<RuleInput, 'kind'> {
  readonly id: string;
  readonly kind: AlertKind;
  readonly isDefault: boolean;
  readonly mutedUntil: string | null;
  /** Why it could not be evaluated the last time. */
  readonly lastError: string | null;
  readonly failingSince: string | null;
  readonly updatedBy: string | null;
  readonly updatedAt: string;
}

export interface ChannelView {
  readonly id: string;
  readonly name: string;
  readonly type: ChannelType;
  readonly enabled: boolean;
  /** Scheme and host; the rest of the address is a secret. */
  readonly shownUrl: string;
  readonly failures: number;
  readonly failingSince: string | null;
  readonly lastError: string | null;
  readonly lastOkAt: string | null;
  /** Messages that have not arrived yet. */
  readonly waiting: number;
  readonly createdBy: string;
  readonly createdAt: string;
}

/** What a receiver said to a message, to the letter. */
export interface SendResult {
  readonly ok: boolean;
  /** HTTP status; null when no answer came. */
  readonly status: number | null;
  /** The beginning of the answer's body. */
  readonly answer: string;
  /** Why no answer came. */
  readonly error: string | null;
  readonly durationMs: number;
}

export interface DeliveryView {
  readonly id: string;
  readonly channelId: string;
  readonly channelName: string;
  readonly event: 'opened' | 'reminder' | 'resolved';
  readonly state: 'waiting' | 'sent' | 'failed';
  readonly attempts: number;
  readonly nextTryAt: string | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}
