import { LAG_BOUNDS_S } from '../sources/index.ts';

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Percentiles out of counts by LAG_BOUNDS_S, in milliseconds, to the accuracy of the bounds; null of nothing. */
export function lagPercentiles(counts: readonly number[]): Percentiles | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const at = (share: number) => valueAt(counts, share * total) * 1000;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** The place of the `rank`th value in its span, as if the values lay evenly there. */
function valueAt(counts: readonly number[], rank: number): number {
  let below = 0;
  for (const [i, count] of counts.entries()) {
    if (count > 0 && below + count >= rank) {
      const from = LAG_BOUNDS_S[i - 1] ?? 0;
      const to = LAG_BOUNDS_S[i] ?? from;
      return from + ((to - from) * (rank - below)) / count;
    }
    below += count;
  }
  return LAG_BOUNDS_S.at(-1) ?? 0;
}

/** Percentiles of single values, in their own unit; null of none. */
export function percentilesOf(values: readonly number[]): Percentiles | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
