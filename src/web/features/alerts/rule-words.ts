import { kindSpec, type RuleView } from '#domain/alert.ts';
import type { QuietSpan } from '#domain/quiet-times.ts';

export const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

/** `Failures: 10 events · Within: 15 minutes` */
export function paramsInWords({ kind, params }: Pick<RuleView, 'kind' | 'params'>): string {
  return Object.entries(kindSpec(kind).params)
    .map(
      ([name, { label, unit, byDefault }]) => `${label}: ${(params[name] ?? byDefault).toLocaleString('en')} ${unit}`,
    )
    .join(' · ');
}

/** `Quiet 22:00–07:00`, `Quiet Sat, Sun 00:00–00:00`; empty for none. */
export function quietInWords(quiet: readonly QuietSpan[]): string {
  if (quiet.length === 0) return '';
  return `Quiet ${quiet.map((span) => [daysInWords(span.days), hoursInWords(span)].filter(Boolean).join(' ')).join(', ')}`;
}

function hoursInWords({ from, to }: QuietSpan): string {
  return from === to && from === '00:00' ? 'all day' : `${from}–${to}`;
}

function daysInWords(days: readonly number[]): string {
  if (days.length === DAYS.length) return '';
  return days.map((day) => DAYS[day - 1]).join(', ');
}
