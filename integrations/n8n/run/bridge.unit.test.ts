import { expect, test } from 'vitest';
import { isKnown } from './bridge.ts';
import { CASES } from './cases.ts';

const answered = (...statuses: readonly (number | undefined)[]) => statuses.map((status) => ({ keys: ['k'], status }));

test('what was set off again is known only when the bridge was asked as often as it had to be, and had each', () => {
  expect(isKnown(answered(200), 1)).toBe(true);
  expect(isKnown([], 1)).toBe(false);
  expect(isKnown(answered(200, 200), 1)).toBe(false);
  expect(isKnown(answered(201), 1)).toBe(false);
  expect(isKnown(answered(undefined), 1)).toBe(false);
  expect(isKnown([], 0)).toBe(true);
});

test('each flow that a webhook sets off has all of its events told again; the scheduler finds nobody due', () => {
  const silent = CASES.filter(({ repeats }) => repeats === 0);
  expect(silent.map(({ name }) => name)).toEqual(['Scheduler, three leads']);
  for (const { types, repeats } of CASES) if (repeats > 0) expect(repeats).toBe(types.length);
});
