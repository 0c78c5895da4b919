import type { ActivityView } from '#domain/activity.ts';
import type { ActivityType } from '#domain/catalogue/index.ts';
import { importOf } from '#domain/import-run.ts';
import { clockTime, shortDate } from '../../time/zoned.ts';

export interface ActivityText {
  /** What happened; null when it only repeats the label of the type or the beginning of the message. */
  readonly description: string | null;
  /** What was written or said. */
  readonly quote: string | null;
  /** What the metadata knows beyond that, in one line; '' for nothing. */
  readonly facts: string;
}

const INSTANT = /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})/g;

/** Instants inside a text, as dates and times of the time zone. */
export function readableInstants(text: string, timeZone: string): string {
  return text.replace(INSTANT, (iso) => {
    const instant = new Date(iso);
    if (Number.isNaN(instant.getTime())) return iso;
    return `${shortDate(instant, timeZone)}, ${clockTime(instant, timeZone).slice(0, 5)}`;
  });
}

/** Workflows describe a message by its first words: `SMS sent: Hey John, saw your fo...`. */
function repeatsMessage(description: string, message: string): boolean {
  const shortened = description.replace(/\s*(\.\.\.|…)$/, '');
  const words = shortened.slice(shortened.indexOf(':') + 1).trim();
  return words.length >= 8 && message.startsWith(words);
}

/** The facts of a line (`Campaign: x · Step: 1`, `New → Booked`) that are not said already. */
function unmentioned(line: string, said: string): string {
  const isMentioned = (fact: string) => {
    const values = fact.slice(fact.indexOf(': ') + 1).split(' → ');
    return values.every((value) => said.includes(value.trim()));
  };
  return line
    .split(' · ')
    .filter((fact) => !isMentioned(fact))
    .join(' · ');
}

/** What to write for an activity, without saying anything twice. */
export function activityText(
  activity: Pick<ActivityView, 'description' | 'message' | 'metadata'>,
  type: Pick<ActivityType, 'label' | 'line'>,
  timeZone: string,
): ActivityText {
  const { description, message } = activity;
  const says = description.trim().toLowerCase() === type.label.toLowerCase() ? null : description;
  return {
    description: message && repeatsMessage(description, message) ? null : says,
    quote: message?.trim() || null,
    facts: readableInstants(unmentioned(type.line(activity), `${description} ${message ?? ''}`), timeZone),
  };
}

const LATE = 60_000;

/**
 * How long after it happened the book took it, in milliseconds: 0 when that is within a minute, and for one that was
 * imported, which is not late but old.
 */
export function lateness(activity: Pick<ActivityView, 'occurredAt' | 'recordedAt' | 'tags'>): number {
  if (importOf(activity.tags) !== undefined) return 0;
  const delay = Date.parse(activity.recordedAt) - Date.parse(activity.occurredAt);
  return delay > LATE ? delay : 0;
}

/** `3 minutes`, `2 hours`, `5 days`: a length of time in its largest whole unit. */
export function duration(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  const [count, unit] =
    minutes < 60
      ? [minutes, 'minute']
      : minutes < 1440
        ? [Math.floor(minutes / 60), 'hour']
        : [Math.floor(minutes / 1440), 'day'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
