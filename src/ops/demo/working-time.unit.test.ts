import { expect, it } from 'vitest';
import { createWorkingTime } from './working-time.ts';

const newYork = createWorkingTime('America/New_York');
const at = (text: string) => Date.parse(text);

it.each([
  ['a working morning', '2026-03-06T14:00:00Z', true],
  ['before nine', '2026-03-06T13:59:59Z', false],
  ['half past five', '2026-03-06T22:30:00Z', false],
  ['a Saturday', '2026-03-07T16:00:00Z', false],
  ['nine in summer time', '2026-03-09T13:00:00Z', true],
])('knows %s', (_, moment, expected) => {
  expect(newYork.isWorking(at(moment))).toBe(expected);
});

it.each([
  ['stays where people work', '2026-03-06T15:00:00Z', '2026-03-06T15:00:00.000Z'],
  ['waits for the morning', '2026-03-05T08:00:00Z', '2026-03-05T14:00:00.000Z'],
  ['waits for the next day', '2026-03-05T23:00:00Z', '2026-03-06T14:00:00.000Z'],
  ['waits over a weekend in which the clocks change', '2026-03-06T23:00:00Z', '2026-03-09T13:00:00.000Z'],
  ['waits over the one in which they change back', '2026-10-31T12:00:00Z', '2026-11-02T14:00:00.000Z'],
])('%s', (_, from, expected) => {
  expect(new Date(newYork.next(at(from), 0)).toISOString()).toBe(expected);
});

it('spreads the morning over three hours', () => {
  expect(newYork.next(at('2026-03-05T08:00:00Z'), 0.5) - newYork.next(at('2026-03-05T08:00:00Z'), 0)).toBe(
    1.5 * 3_600_000,
  );
});
