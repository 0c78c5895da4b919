import { spanOfDate } from '#domain/day.ts';

/**
 * Reads times of a stated format. Nothing is guessed: what does not fit the format to the letter is refused, and a year of
 * two digits means nothing without a pivot.
 *
 *   YYYY YY  MM M  MMM (Jan)  DD D  HH H (0–23)  hh h (1–12) with A (AM, pm)  mm ss SSS  Z (+02:00, Z)
 *   iso (2025-09-17T08:15:05Z, 2025-09-17)  unix  unix-ms
 *   [text] stands for itself, as does everything else
 */
export interface TimeFormat {
  /** Wall-clock time and offset, or undefined when the text does not fit. */
  read(text: string): WallTime | undefined;
  readonly hasShortYear: boolean;
}

export type WallTime =
  | { readonly kind: 'instant'; readonly at: Date }
  /** As 2025-09-17T08:15:05.000, in a zone that is still to be said. */
  | { readonly kind: 'wall'; readonly wall: string };

const TOKEN = /\[([^\]]*)\]|YYYY|YY|MMM|MM|M|DD|D|HH|H|hh|h|mm|ss|SSS|A|Z|./gs;
const PATTERNS: Readonly<Record<string, string>> = {
  YYYY: '(?<year>\\d{4})',
  YY: '(?<short>\\d{2})',
  MMM: '(?<monthName>[A-Za-z]{3})',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  DD: '(?<day>\\d{2})',
  D: '(?<day>\\d{1,2})',
  HH: '(?<hour>\\d{2})',
  H: '(?<hour>\\d{1,2})',
  hh: '(?<hour12>\\d{2})',
  h: '(?<hour12>\\d{1,2})',
  mm: '(?<minute>\\d{2})',
  ss: '(?<second>\\d{2})',
  SSS: '(?<milli>\\d{1,3})',
  A: '(?<half>[AaPp]\\.?[Mm]\\.?)',
  Z: '(?<offset>Z|[+-]\\d{2}:?\\d{2})',
};
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** @throws RangeError that says what is wrong with the format */
export function compileFormat(format: string, pivot: number | undefined): TimeFormat {
  if (format === 'iso') return { read: readIso, hasShortYear: false };
  if (format === 'unix') return { read: (text) => readUnix(text, 1000), hasShortYear: false };
  if (format === 'unix-ms') return { read: (text) => readUnix(text, 1), hasShortYear: false };
  const { pattern, names } = patternOf(format);
  const hasShortYear = names.has('short');
  if (hasShortYear === names.has('year')) throw new RangeError(`${format} needs one year: YYYY, or YY with a pivot`);
  if (hasShortYear && pivot === undefined)
    throw new RangeError(`${format} has years of two digits: say with pivot up to which of them it is 20YY`);
  if (!names.has('day') || names.has('month') === names.has('monthName'))
    throw new RangeError(`${format} needs one month (MM, M or MMM) and a day (DD or D)`);
  if (names.has('hour12') !== names.has('half')) throw new RangeError(`${format} needs A with hh, and hh with A`);
  return {
    hasShortYear,
    read(text) {
      const groups = pattern.exec(text)?.groups;
      return groups && wallOf(groups, pivot ?? 0);
    },
  };
}

function patternOf(format: string): { pattern: RegExp; names: ReadonlySet<string> } {
  const names = new Set<string>();
  const source = format.replaceAll(TOKEN, (token: string, literal: string | undefined) => {
    const known = literal === undefined ? PATTERNS[token] : undefined;
    if (known === undefined) return (literal ?? token).replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
    const name = /<(\w+)>/.exec(known)?.[1] ?? '';
    if (names.has(name)) throw new RangeError(`${format} says ${token} twice`);
    names.add(name);
    return known;
  });
  return { pattern: new RegExp(`^${source}$`), names };
}

function wallOf(groups: Readonly<Record<string, string | undefined>>, pivot: number): WallTime | undefined {
  const year = groups.year ?? fullYear(Number(groups.short), pivot);
  const month = groups.monthName ? MONTHS.indexOf(groups.monthName.toLowerCase()) + 1 : Number(groups.month);
  const hour = hourOf(groups);
  if (month === 0 || hour === undefined) return undefined;
  const two = (value: number | string | undefined) => String(value ?? 0).padStart(2, '0');
  const date = `${year}-${two(month)}-${two(groups.day)}`;
  const time = `${two(hour)}:${two(groups.minute)}:${two(groups.second)}.${(groups.milli ?? '').padEnd(3, '0')}`;
  const wall = `${date}T${time}`;
  if (groups.offset === undefined) return spanOfDate(`${wall}Z`, 'UTC') && { kind: 'wall', wall };
  const span = spanOfDate(`${wall}${groups.offset}`, 'UTC');
  return span && { kind: 'instant', at: span.from };
}

function fullYear(short: number, pivot: number): string {
  return String(short <= pivot ? 2000 + short : 1900 + short);
}

/** undefined when there is no such hour. */
function hourOf({ hour, hour12, half }: Readonly<Record<string, string | undefined>>): number | undefined {
  if (hour12 === undefined) return Number(hour ?? 0);
  const value = Number(hour12);
  if (value < 1 || value > 12) return undefined;
  return (value % 12) + (half?.toLowerCase().startsWith('p') ? 12 : 0);
}

const DAY_ALONE = /^\d{4}-\d{2}-\d{2}$/;
const HAS_OFFSET = /(Z|[+-]\d{2}:?\d{2})$/i;

/** Read as if it were UTC where it says no zone: that costs no look at the rules of one. */
function readIso(text: string): WallTime | undefined {
  const full = DAY_ALONE.test(text) ? `${text}T00:00` : text;
  const isInstant = full === text && HAS_OFFSET.test(text);
  const span = spanOfDate(isInstant ? full : `${full}Z`, 'UTC');
  if (!span) return undefined;
  return isInstant ? { kind: 'instant', at: span.from } : { kind: 'wall', wall: span.from.toISOString().slice(0, -1) };
}

function readUnix(text: string, unit: number): WallTime | undefined {
  if (!/^\d{1,15}(\.\d{1,6})?$/.test(text)) return undefined;
  const at = new Date(Math.round(Number(text) * unit));
  return Number.isNaN(at.getTime()) ? undefined : { kind: 'instant', at };
}
