import { expect, test } from 'vitest';
import { nextRetryAt } from './quarantine.ts';

const NOW = new Date('2025-11-07T08:00:00.000Z');
const MINUTE = 60_000;

test('what can heal by itself is tried again after 5 and 15 minutes, 1, 6 and 24 hours, then daily for some days', () => {
  const minutes = (retries: number) => {
    const at = nextRetryAt('UNKNOWN_TYPE', retries, NOW);
    return at && (at.getTime() - NOW.getTime()) / MINUTE;
  };
  expect([0, 1, 2, 3, 4, 5, 13, 14].map(minutes)).toEqual([5, 15, 60, 360, 1440, 1440, 1440, null]);
});

test('what only a person can correct is not tried again', () => {
  for (const code of ['INVALID_INPUT', 'CATEGORY_MISMATCH', 'IMPOSSIBLE_TIME', 'IDEMPOTENCY_CONFLICT']) {
    expect(nextRetryAt(code, 0, NOW)).toBeNull();
  }
});
