import { expect, test } from 'vitest';
import { createManualClock } from '#testing/clock.ts';
import { backoffDelay, retryWithBackoff } from './backoff.ts';

const policy = { baseMs: 100, maxMs: 1000 };
const always = () => true;

test('waits double up to the ceiling, half of each being random', () => {
  const longest = [1, 2, 3, 4, 5, 50].map((attempt) => backoffDelay(attempt, policy, () => 1));
  const shortest = [1, 2, 3, 4, 5, 50].map((attempt) => backoffDelay(attempt, policy, () => 0));
  expect(longest).toEqual([100, 200, 400, 800, 1000, 1000]);
  expect(shortest).toEqual([50, 100, 200, 400, 500, 500]);
});

test('an attempt of zero waits like the first, not less', () => {
  expect(backoffDelay(0, policy, () => 1)).toBe(100);
});

test('tries until it succeeds, waiting in between', async () => {
  const clock = createManualClock();
  const at: number[] = [];
  const result = retryWithBackoff(
    async (attempt) => {
      at.push(clock.monotonicMs());
      if (attempt < 4) throw new Error('not yet');
      return 'there';
    },
    { policy, isRetryable: always, clock, random: () => 1 },
  );
  await clock.advance(10_000);
  expect(await result).toBe('there');
  expect(at).toEqual([0, 100, 300, 700]);
});

test('throws what is not retryable at once', async () => {
  const clock = createManualClock();
  const work = retryWithBackoff(() => Promise.reject(new Error('wrong')), { policy, isRetryable: () => false, clock });
  await expect(work).rejects.toThrow('wrong');
  expect(clock.sleepers).toBe(0);
});

test('begins no wait that would pass the deadline', async () => {
  const clock = createManualClock();
  const tries: number[] = [];
  const work = retryWithBackoff(
    async (attempt) => {
      tries.push(attempt);
      throw new Error(`failure ${attempt}`);
    },
    { policy, isRetryable: always, clock, random: () => 1, deadlineMs: 300 },
  );
  const outcome = expect(work).rejects.toThrow('failure 3');
  await clock.advance(10_000);
  await outcome;
  expect(tries).toEqual([1, 2, 3]);
});

test('an abort ends the wait with its reason', async () => {
  const clock = createManualClock();
  const abort = new AbortController();
  const work = retryWithBackoff(() => Promise.reject(new Error('away')), {
    policy,
    isRetryable: always,
    clock,
    signal: abort.signal,
  });
  const outcome = expect(work).rejects.toThrow('enough');
  await clock.advance(10);
  abort.abort(new Error('enough'));
  await outcome;
});
