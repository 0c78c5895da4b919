import type { ParityCell, ParityCounts } from '#domain/parity.ts';

export interface ParityDay extends ParityCounts {
  readonly day: string;
}

const COUNTS = ['records', 'found', 'missing', 'different', 'extra'] as const;

/** What the cells say of each day, oldest first. */
export function daysOf(cells: readonly ParityCell[]): ParityDay[] {
  const days = [...Map.groupBy(cells, ({ day }) => day)].map(([day, own]) => {
    const sums = COUNTS.map((name) => [name, own.reduce((sum, cell) => sum + cell[name], 0)] as const);
    return { day, records: 0, found: 0, missing: 0, different: 0, extra: 0, ...Object.fromEntries(sums) };
  });
  return days.sort((a, b) => (a.day < b.day ? -1 : 1));
}

/** How much of a day is missing, in steps from 0 (nothing) to 4 (all of it); `none` when the file says nothing of it. */
export function heatOf({ records, missing }: ParityCounts): number | 'none' {
  if (records === 0) return 'none';
  if (missing === 0) return 0;
  return Math.min(4, 1 + Math.floor((missing / records) * 3.999));
}
