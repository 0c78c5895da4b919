import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';

test('sleep rejects with the reason of an abort before and during it', async () => {
  const reason = new Error('stopped');
  await expect(systemClock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  const abort = new AbortController();
  const asleep = systemClock.sleep(60_000, abort.signal);
  abort.abort(reason);
  await expect(asleep).rejects.toBe(reason);
});

test('sleep lasts at least as long as asked by the monotonic clock', async () => {
  const before = systemClock.monotonicMs();
  await systemClock.sleep(15);
  // Timers count whole milliseconds, and may fire up to one of them early.
  expect(systemClock.monotonicMs() - before).toBeGreaterThanOrEqual(14);
});
