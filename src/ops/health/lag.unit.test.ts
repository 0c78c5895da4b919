import { expect, test } from 'vitest';
import { LAG_BOUNDS_S } from '../sources/index.ts';
import { lagPercentiles, percentilesOf } from './lag.ts';

/** Counts with `of[seconds]` values in the span that ends at that bound. */
function counts(of: Readonly<Record<number, number>>): number[] {
  return [...LAG_BOUNDS_S.map((bound) => of[bound] ?? 0), of[Number.POSITIVE_INFINITY] ?? 0];
}

test('percentiles lie in the span of their value', () => {
  expect(lagPercentiles(counts({ 0.1: 94, 5: 4, 3600: 2 }))).toEqual({
    p50: expect.closeTo(50 + 50 * (50 / 94), 1),
    p95: expect.closeTo(2500 + 2500 / 4, 1),
    p99: expect.closeTo((1800 + 1800 / 2) * 1000, 1),
  });
});

test('what is beyond the last bound counts as that', () => {
  expect(lagPercentiles(counts({ [Number.POSITIVE_INFINITY]: 1 }))?.p50).toBe(86_400_000);
});

test('nothing has no percentiles', () => {
  expect(lagPercentiles([])).toBeNull();
  expect(lagPercentiles(counts({}))).toBeNull();
  expect(percentilesOf([])).toBeNull();
  expect(percentilesOf([3, 1, 2])).toEqual({ p50: 2, p95: 3, p99: 3 });
});
