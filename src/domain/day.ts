/**
 * Calendar days and wall-clock times of a time zone, as instants. Pure: the rules of the zones come with the runtime
 * (Intl). Where a clock is set forward, a time that does not exist is taken as that much later; where it is set back,
 * the earlier of the two.
 */

/** A span of time: from inclusive, before exclusive. */
export interface Span {
  readonly from: Date;
  readonly before: Date;
}

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether `name` is a time zone that this runtime knows, such as Europe/Berlin or UTC. */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** The day on which `instant` falls in that time zone, as 2025-01-31. */
export function dayOf(instant: Date, timeZone: string): string {
  return new Date(wallClock(instant.getTime(), timeZone)).toISOString().slice(0, 10);
}

/** What clocks in that time zone show at `instant`, as 08:15. */
export function clockOf(instant: Date, timeZone: string): string {
  return new Date(wallClock(instant.getTime(), timeZone)).toISOString().slice(11, 16);
}

/** The whole of a day such as 2025-01-31, 23 to 25 hours long as the zone has it; undefined when there is no such day. */
export function spanOfDay(day: string, timeZone: string): Span | undefined {
  const wall = parseWall(/^(\d{4})-(\d{2})-(\d{2})$/.exec(day));
  return wall === undefined
    ? undefined
    : { from: instantOf(wall, timeZone), before: instantOf(wall + DAY_MS, timeZone) };
}

/**
 * The span that a date given by a person or a program means: a day is that whole day in `timeZone`; a date with a time
 * is that millisecond, in `timeZone` unless it says its own offset (Z, +02:00). Undefined for anything else.
 */
export function spanOfDate(text: string, timeZone: string): Span | undefined {
  const day = spanOfDay(text, timeZone);
  if (day) return day;
  const match = DATE_TIME.exec(text);
  const wall = parseWall(match);
  if (wall === undefined) return undefined;
  const offset = parseOffset(match?.[8]);
  const from = offset === undefined ? instantOf(wall, timeZone) : new Date(wall - offset);
  return { from, before: new Date(from.getTime() + 1) };
}

/** The instant `weeks` ago at which the clocks of the time zone showed the same hour and minute of the same weekday. */
export function weeksAgo(now: Date, weeks: number, timeZone: string): Date {
  const day = new Date(Date.parse(`${dayOf(now, timeZone)}T00:00:00Z`) - weeks * WEEK_MS).toISOString().slice(0, 10);
  return spanOfDate(`${day}T${clockOf(now, timeZone)}`, timeZone)?.from ?? new Date(now.getTime() - weeks * WEEK_MS);
}

/** A blank stands for the plus of an offset too: that is what an unescaped + in a query string becomes. */
const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+\- ]\d{2}:?\d{2})?$/i;

function parseOffset(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text.toUpperCase() === 'Z') return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2));
  return (text.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** The wall-clock time of a match as if it were UTC, in milliseconds; undefined when no calendar has it. */
function parseWall(match: RegExpExecArray | null): number | undefined {
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const millisecond = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  if (year < 1 || hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.setUTCHours(hour, minute, second, millisecond);
}

function instantOf(wall: number, timeZone: string): Date {
  const before = wall - offsetAt(wall - DAY_MS, timeZone);
  const after = wall - offsetAt(wall + DAY_MS, timeZone);
  const fitting = [before, after].filter((instant) => wallClock(instant, timeZone) === wall);
  return new Date(fitting.length > 0 ? Math.min(...fitting) : before);
}

function offsetAt(instant: number, timeZone: string): number {
  return wallClock(instant, timeZone) - instant;
}

/** What a clock in that zone shows at `instant`, as if it were UTC, in milliseconds. */
function wallClock(instant: number, timeZone: string): number {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  const shown = new Date(0);
  shown.setUTCFullYear(part('year'), part('month') - 1, part('day'));
  shown.setUTCHours(part('hour'), part('minute'), part('second'));
  return shown.getTime() + (((instant % 1000) + 1000) % 1000);
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}
