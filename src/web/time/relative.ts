import { shortDate } from './zoned.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const phrase = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

/**
 * How long ago an instant was, for a person: `just now`, `2 minutes ago`, `3 hours ago`, `6 days ago`, then the date in
 * the time zone. Rounded down, so that `1 hour ago` is at least an hour. Instants ahead read `in 5 minutes`.
 */
export function relativeTime(instant: Date, now: Date, timeZone: string): string {
  const elapsed = now.getTime() - instant.getTime();
  const distance = Math.abs(elapsed);
  const sign = elapsed >= 0 ? -1 : 1;
  // Clocks differ and `now` ticks slowly: what seems a moment ahead has just happened.
  if (distance < MINUTE) return 'just now';
  if (distance < HOUR) return phrase.format(sign * Math.floor(distance / MINUTE), 'minute');
  if (distance < DAY) return phrase.format(sign * Math.floor(distance / HOUR), 'hour');
  if (distance < 14 * DAY) return phrase.format(sign * Math.floor(distance / DAY), 'day');
  return shortDate(instant, timeZone);
}
