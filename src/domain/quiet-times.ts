import { z } from 'zod';
import { dayOf, spanOfDate } from './day.ts';

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 22:00');

/**
 * A time of the week in which nobody is to be disturbed, by the clocks of the workspace. It begins on each of `days`
 * (1 Monday to 7 Sunday) at `from` and lasts until the next `to`: over midnight when that is earlier, a whole day when it is
 * the same.
 */
export const quietSpan = z.object({
  days: z.array(z.int().min(1).max(7)).min(1, 'choose at least one day').max(7),
  from: clock,
  to: clock,
});
export type QuietSpan = z.output<typeof quietSpan>;

const DAY_MS = 86_400_000;

/**
 * When the quiet time ends in which `now` is, undefined when it is none. Spans that overlap or follow each other at once
 * are one.
 */
export function quietUntil(spans: readonly QuietSpan[], now: Date, timeZone: string): Date | undefined {
  let until: Date | undefined;
  // A chain of spans ends within a week, or never does.
  for (let links = 0; links <= 7 * spans.length; links += 1) {
    const next = endOfSpan(spans, until ?? now, timeZone);
    if (next === undefined) return until;
    until = next;
  }
  return until;
}

/** The latest end of the spans that `at` is in. */
function endOfSpan(spans: readonly QuietSpan[], at: Date, timeZone: string): Date | undefined {
  const today = dayOf(at, timeZone);
  const ends = [plusDays(today, -1), today].flatMap((day) =>
    spans
      .filter(({ days }) => days.includes(weekday(day)))
      .flatMap(({ from, to }) => {
        const begin = instant(day, from, timeZone);
        const end = instant(to <= from ? plusDays(day, 1) : day, to, timeZone);
        return begin && end && begin <= at && at < end ? [end] : [];
      }),
  );
  return ends.reduce<Date | undefined>(
    (latest, end) => (latest === undefined || end > latest ? end : latest),
    undefined,
  );
}

function instant(day: string, time: string, timeZone: string): Date | undefined {
  return spanOfDate(`${day}T${time}`, timeZone)?.from;
}

function plusDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** 1 Monday to 7 Sunday. */
function weekday(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
}
