import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { createManualClock } from '#testing/clock.ts';
import { type Bucket, createRateLimiter, takeTokens } from './rate-limit.ts';

const POLICY = { ratePerSecond: 2, burst: 5 };

function refusal(run: () => void): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('takeTokens', () => {
  it('lets a burst through, then refuses and says when to come back', () => {
    let bucket: Bucket | undefined;
    for (let i = 0; i < 5; i += 1) {
      const taken = takeTokens(bucket, POLICY, 0);
      expect(taken.allowed).toBe(true);
      bucket = taken.bucket;
    }
    expect(takeTokens(bucket, POLICY, 0)).toMatchObject({ allowed: false, retryAfterMs: 500 });
    expect(takeTokens(bucket, POLICY, 499)).toMatchObject({ allowed: false });
    expect(takeTokens(bucket, POLICY, 500)).toMatchObject({ allowed: true });
  });

  it('never fills above the burst', () => {
    const { bucket } = takeTokens(undefined, POLICY, 0);
    expect(takeTokens(bucket, POLICY, 3_600_000).bucket.tokens).toBe(4);
  });

  it('allows at most burst + rate × time, whenever the requests come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 300 }), (pauses) => {
        let now = 0;
        let bucket: Bucket | undefined;
        let allowed = 0;
        for (const pause of pauses) {
          now += pause;
          const taken = takeTokens(bucket, POLICY, now);
          bucket = taken.bucket;
          if (taken.allowed) allowed += 1;
        }
        expect(allowed).toBeLessThanOrEqual(POLICY.burst + (now / 1000) * POLICY.ratePerSecond + 1e-6);
      }),
    );
  });
});

describe('createRateLimiter', () => {
  it('counts each id for itself and answers RATE_LIMITED with whole seconds', async () => {
    const clock = createManualClock();
    const limiter = createRateLimiter({ policy: { ratePerSecond: 10 / 60, burst: 2 }, clock });
    limiter.take('a');
    limiter.take('a');
    limiter.take('b');
    expect(refusal(() => limiter.take('a'))).toMatchObject({ code: 'RATE_LIMITED', retryAfter: 6 });
    await clock.advance(6_000);
    limiter.take('a');
  });

  it('takes back what should not count', () => {
    const limiter = createRateLimiter({ policy: { ratePerSecond: 1, burst: 1 }, clock: createManualClock() });
    limiter.take('a');
    limiter.giveBack('a');
    limiter.take('a');
    expect(refusal(() => limiter.take('a')).code).toBe('RATE_LIMITED');
  });

  it('remembers no more ids than it may, forgetting who was not seen for longest', () => {
    const limiter = createRateLimiter({
      policy: { ratePerSecond: 1, burst: 1 },
      clock: createManualClock(),
      maxIds: 3,
    });
    for (const id of ['a', 'b', 'c']) limiter.take(id);
    expect(refusal(() => limiter.take('a')).code).toBe('RATE_LIMITED');
    limiter.take('d');
    expect(limiter.size).toBe(3);
    expect(refusal(() => limiter.take('a')).code).toBe('RATE_LIMITED');
    limiter.take('b');
  });
});
