import { expect, test } from 'vitest';
import { paceOf, roughly, type Sample, withSample } from './pace.ts';

const at = (seconds: number, records: number, bytes = records * 10): Sample => ({ at: seconds * 1000, records, bytes });
const seen = (...samples: Sample[]) => samples.reduce<readonly Sample[]>(withSample, []);

test('how fast it goes is told of what was seen, once that is enough', () => {
  expect(paceOf(seen(at(0, 0)), 10_000)).toBeUndefined();
  expect(paceOf(seen(at(0, 0), at(2, 200)), 10_000)).toBeUndefined();
  expect(paceOf(seen(at(0, 0), at(5, 500)), 10_000)).toEqual({ recordsPerSecond: 100, secondsLeft: 5 });
  // Of a run that was taken up, what was done before counts for nothing.
  expect(paceOf(seen(at(0, 600), at(4, 800)), 10_000)).toEqual({ recordsPerSecond: 50, secondsLeft: 4 });
});

test('the last minute counts, and a run that goes back begins anew', () => {
  const samples = seen(at(0, 0), at(60, 60_000), at(120, 60_600));
  expect(paceOf(samples, 607_000)).toEqual({ recordsPerSecond: 10, secondsLeft: 10 });
  expect(seen(at(0, 500), at(5, 0))).toEqual([at(5, 0)]);
  expect(seen(at(0, 500), at(5, 500))).toEqual([at(0, 500)]);
});

test.each([
  [0, 'less than a minute'],
  [54, 'less than a minute'],
  [58, 'about a minute'],
  [150, 'about 3 minutes'],
  [3_500, 'about 58 minutes'],
  [3_600, 'about an hour'],
  [5_400, 'about 1.5 hours'],
])('%i seconds are %s', (seconds, words) => {
  expect(roughly(seconds)).toBe(words);
});
