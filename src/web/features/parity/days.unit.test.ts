import { expect, it } from 'vitest';
import { daysOf, heatOf } from './days.ts';

const cell = (day: string, type: string, records: number, missing: number, extra = 0) => ({
  ...{ day, type, source: 's', records, found: records - missing, missing, different: 0, extra },
});

it('sums a day over its types and sources, oldest first', () => {
  expect(
    daysOf([cell('2025-09-18', 'A', 2, 0), cell('2025-09-17', 'A', 850, 850), cell('2025-09-17', 'B', 2, 2, 1)]),
  ).toEqual([
    { day: '2025-09-17', records: 852, found: 0, missing: 852, different: 0, extra: 1 },
    { day: '2025-09-18', records: 2, found: 2, missing: 0, different: 0, extra: 0 },
  ]);
});

it('grows hotter with the share that is missing', () => {
  const heat = (records: number, missing: number) => heatOf(cell('2025-09-17', 'A', records, missing));
  expect([heat(0, 0), heat(10, 0), heat(1000, 1), heat(100, 30), heat(100, 60), heat(852, 852)]).toEqual([
    'none',
    0,
    1,
    2,
    3,
    4,
  ]);
});
