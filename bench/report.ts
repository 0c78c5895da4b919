/** One row of the table: what was measured, against the limit that was measured in the same run. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the value is set against; undefined for an absolute target. */
  readonly limit?: { readonly name: string; readonly value: number };
  /** What must be reached: a share of the limit, or the value itself when there is no limit. */
  readonly target: number;
  /** What is aimed at. */
  readonly aim?: number;
  /** Whether a larger value is better. */
  readonly isMoreBetter: boolean;
  /** Single measurements and circumstances, for the report. */
  readonly notes?: string;
}

/** The value as a share of its limit, or the value itself. */
export function ratioOf({ value, limit }: BenchRow): number {
  return limit ? value / limit.value : value;
}

export function isReached(row: BenchRow): boolean {
  return row.isMoreBetter ? ratioOf(row) >= row.target : ratioOf(row) <= row.target;
}

/** Of rounds that are equally long: what was done in all of them together. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

const HEAD = ['what', 'value', 'limit (same run)', 'ratio', 'target', 'ok'];

/** The table in Markdown, aligned so that it reads in a terminal too. */
export function toMarkdown(rows: readonly BenchRow[]): string {
  const cells = rows.map((row) => {
    const sign = row.isMoreBetter ? '≥' : '≤';
    const aim = row.aim === undefined ? '' : ` (aim ${row.aim})`;
    return [
      row.name,
      `${shown(row.value)} ${row.unit}`,
      row.limit ? `${shown(row.limit.value)} ${row.unit} ${row.limit.name}` : '',
      row.limit ? `${ratioOf(row).toFixed(2)} ×` : '',
      `${sign} ${row.target}${row.limit ? ' ×' : ` ${row.unit}`}${aim}`,
      isReached(row) ? 'yes' : 'NO',
    ];
  });
  const widths = HEAD.map((head, i) => Math.max(head.length, ...cells.map((line) => line[i]?.length ?? 0)));
  const line = (values: readonly string[]) => `| ${values.map((text, i) => text.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(HEAD), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n');
}

function shown(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(value >= 10 ? 1 : 2);
}
