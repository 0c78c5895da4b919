import type { AlertFact, AlertKind, AlertSeverity } from '#domain/alert.ts';

export type MessageEvent = 'opened' | 'reminder' | 'resolved' | 'test';

/** What channels are told of an alert. Plain data: it waits in the outbox until it has arrived. */
export interface AlertMessage {
  readonly event: MessageEvent;
  readonly workspace: { readonly id: string; readonly name: string };
  readonly alert: {
    readonly id: string;
    readonly kind: AlertKind;
    readonly rule: string;
    readonly subject: string;
    readonly severity: AlertSeverity;
    readonly title: string;
    readonly summary: string;
    readonly facts: readonly AlertFact[];
    readonly openedAt: string;
    readonly resolvedAt: string | null;
  };
  /** The page to look at, as a whole address where the server knows its own. */
  readonly link: string | null;
}

const SIGNS: Readonly<Record<MessageEvent, string>> = { opened: '⚠️', reminder: '🔁', resolved: '✅', test: '🔔' };
const WORDS: Readonly<Record<MessageEvent, string>> = {
  opened: '',
  reminder: ' (still)',
  resolved: ' (resolved)',
  test: ' (test)',
};

/**
 * The text for Slack's incoming webhooks: a sign and a title, a line for each fact, and what to do, with empty lines
 * between them, as the workflows write theirs.
 */
export function slackBody(message: AlertMessage): { readonly text: string } {
  const { event, workspace, alert, link } = message;
  const facts = [...alert.facts, { label: 'Workspace', value: workspace.name }];
  const end = alert.resolvedAt === null ? [] : [{ label: 'Open', value: spanOf(alert.openedAt, alert.resolvedAt) }];
  const paragraphs = [
    `${SIGNS[event]} ${alert.title}${WORDS[event]}`,
    [...facts, ...end].map(({ label, value }) => `${label}: ${value}`).join('\n'),
    alert.summary,
  ];
  return { text: [...paragraphs.map(escaped), ...(link === null ? [] : [`<${link}>`])].join('\n\n') };
}

/** The three characters that mean something to Slack. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The JSON for any other webhook. `id` names the message: one that comes twice is the same. */
export function webhookBody(message: AlertMessage, id: string, now: Date) {
  return { id, ...message, event: `alert.${message.event}`, sentAt: now.toISOString() };
}

function spanOf(from: string, to: string): string {
  return `${durationText(Date.parse(to) - Date.parse(from))}, from ${from.slice(0, 16).replace('T', ' ')} UTC`;
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** `3 hours 10 minutes`, `40 seconds`: the two largest units. */
export function durationText(ms: number): string {
  const first = UNITS.findIndex(([, size]) => ms >= size);
  if (first < 0) return 'less than a second';
  const [name, size] = UNITS[first] ?? UNITS[3];
  const parts = [plural(Math.floor(ms / size), name)];
  const next = UNITS[first + 1];
  const rest = next ? Math.floor((ms % size) / next[1]) : 0;
  return next && rest > 0 ? [...parts, plural(rest, next[0])].join(' ') : parts.join('');
}

/** `1 event`, `1,204 events`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
