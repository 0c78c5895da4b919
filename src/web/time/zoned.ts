/** Instants in words, by the clocks of a workspace's time zone. Which day an instant is, domain/day.ts knows. */

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(key: string, timeZone: string, options: Intl.DateTimeFormatOptions) {
  const id = `${key} ${timeZone}`;
  const known = formatters.get(id);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', { timeZone, ...options });
  formatters.set(id, made);
  return made;
}

/** The day `days` later (or earlier, when negative), as YYYY-MM-DD. */
export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** `14:05:09`, in the time zone. */
export function clockTime(instant: Date, timeZone: string): string {
  return formatter('clock', timeZone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(instant);
}

/** `14:05`, in the time zone. */
export function shortClock(instant: Date, timeZone: string): string {
  return formatter('short', timeZone, { hour: '2-digit', minute: '2-digit' }).format(instant);
}

/** `Fri 7 Nov 2025, 14:05:09 (Europe/Berlin)`: everything, for tooltips. */
export function fullTime(instant: Date, timeZone: string): string {
  const options: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' };
  const day = formatter('full', timeZone, options)
    .format(instant)
    .replace(/^(\w+),/, '$1');
  return `${day}, ${clockTime(instant, timeZone)} (${timeZone})`;
}

/** `7 Nov 2025`, in the time zone. */
export function shortDate(instant: Date, timeZone: string): string {
  return formatter('date', timeZone, { day: 'numeric', month: 'short', year: 'numeric' }).format(instant);
}

/** Today, Yesterday, or `Friday, 7 November` (with the year when it is not this one), for a day YYYY-MM-DD. */
export function dayLabel(day: string, today: string): string {
  if (day === today) return 'Today';
  if (day === addDays(today, -1)) return 'Yesterday';
  const sameYear = day.slice(0, 4) === today.slice(0, 4);
  const options: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long' };
  if (!sameYear) options.year = 'numeric';
  const text = formatter(sameYear ? 'label' : 'label-year', 'UTC', options).format(new Date(`${day}T00:00:00Z`));
  return text.replace(/^(\w+) (?=\d)/, '$1, ');
}

/** Every time zone that this browser knows, UTC first. */
export function timeZones(): string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
}

/** `7 Nov 2025`, of a day YYYY-MM-DD. */
export function dayShort(day: string): string {
  return shortDate(new Date(`${day}T00:00:00Z`), 'UTC');
}
