import type { ParityCell, ParityItem, ParityRunView } from '#domain/parity.ts';

const COLUMNS = ['day', 'type', 'source', 'records', 'found', 'missing', 'different', 'extra'] as const;
const MAX_ROWS = 400;

/** A comparison as a table for people, with the first of those missing by name. */
export function parityLines(
  { id, fileName, timeZone, counts, unreadable, state, error }: ParityRunView,
  cells: readonly ParityCell[],
  missing: readonly ParityItem[],
): string[] {
  const shown = cells.slice(0, MAX_ROWS);
  const rows = shown.map((cell) => COLUMNS.map((column) => shape(cell[column])));
  const widths = COLUMNS.map((column, i) => Math.max(column.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, i) => pad(cell, widths[i] ?? 0, i > 2)).join('  ');
  const number = (count: number) => count.toLocaleString('en');
  const { records, found, different, extra } = counts;
  return [
    `${fileName} against the book (comparison ${id}, days of ${timeZone})${state === 'done' ? '' : `: ${state}, ${error}`}`,
    `  ${number(records)} events in the file: ${number(found)} in the book, ${number(counts.missing)} MISSING, ${number(different)} different`,
    `  ${number(extra)} in the book alone${unreadable > 0 ? `; ${number(unreadable)} records could not be read` : ''}`,
    ...(rows.length > 0 ? ['', line(COLUMNS), ...rows.map(line)] : ['', 'No day on which anything differs.']),
    ...(cells.length > MAX_ROWS ? [`… and ${number(cells.length - MAX_ROWS)} rows more`] : []),
    ...(missing.length > 0 ? ['', 'Missing:'] : []),
    ...missing.map(
      ({ occurredAt, type, subject, key, line: at }) =>
        `  ${occurredAt}  ${type}  ${subject}  ${key ?? ''}${at === null ? '' : ` (line ${at})`}`,
    ),
    ...(counts.missing > missing.length && missing.length > 0
      ? [`  … and ${number(counts.missing - missing.length)} more: --output csv names them all`]
      : []),
  ];
}

function shape(value: string | number): string {
  return typeof value === 'number' ? value.toLocaleString('en') : value;
}

function pad(text: string, width: number, isNumber: boolean): string {
  return isNumber ? text.padStart(width) : text.padEnd(width);
}
