import { AppError } from '#domain/errors.ts';
import type { Clock } from '#platform/clock.ts';

/** A token bucket: `ratePerSecond` tokens flow in, up to `burst`; each request takes one. */
export interface RatePolicy {
  readonly ratePerSecond: number;
  readonly burst: number;
}

export interface Bucket {
  readonly tokens: number;
  /** When `tokens` was right, in milliseconds of a clock that only grows. */
  readonly at: number;
}

export type Take =
  | { readonly allowed: true; readonly bucket: Bucket }
  | { readonly allowed: false; readonly bucket: Bucket; readonly retryAfterMs: number };

/** Takes `cost` tokens, or says in how many milliseconds they will be there. A bucket never seen before is full. */
export function takeTokens(bucket: Bucket | undefined, policy: RatePolicy, now: number, cost = 1): Take {
  const elapsedMs = Math.max(0, now - (bucket?.at ?? now));
  const tokens = Math.min(policy.burst, (bucket?.tokens ?? policy.burst) + (elapsedMs / 1000) * policy.ratePerSecond);
  // The clock's fractions add up to a token that is short of whole by a rounding error.
  if (tokens + 1e-9 >= cost) return { allowed: true, bucket: { tokens: tokens - cost, at: now } };
  const retryAfterMs = ((cost - tokens) / policy.ratePerSecond) * 1000;
  return { allowed: false, bucket: { tokens, at: now }, retryAfterMs };
}

export interface RateLimiter {
  /** @throws AppError RATE_LIMITED, with `retryAfter` in whole seconds. */
  take(id: string, cost?: number): void;
  /** Puts back what a take took that should not count. */
  giveBack(id: string, cost?: number): void;
  /** How many ids are remembered. */
  readonly size: number;
}

export interface RateLimiterOptions {
  readonly policy: RatePolicy;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /**
   * Most ids remembered at once. Whoever was not seen for longest is forgotten first, and thereby starts anew with a
   * full bucket: memory stays bounded whatever addresses an attacker makes up.
   */
  readonly maxIds?: number;
}

/** One bucket per id, in the memory of this process: with several processes each allows the policy. */
export function createRateLimiter({ policy, clock, maxIds = 20_000 }: RateLimiterOptions): RateLimiter {
  const buckets = new Map<string, Bucket>();

  const remember = (id: string, bucket: Bucket) => {
    // A Map iterates in the order of insertion, so the first key is the one longest unseen.
    buckets.delete(id);
    buckets.set(id, bucket);
    if (buckets.size <= maxIds) return;
    const oldest = buckets.keys().next();
    if (!oldest.done) buckets.delete(oldest.value);
  };

  return {
    get size() {
      return buckets.size;
    },
    take(id, cost = 1) {
      const taken = takeTokens(buckets.get(id), policy, clock.monotonicMs(), cost);
      remember(id, taken.bucket);
      if (taken.allowed) return;
      throw new AppError('RATE_LIMITED', { retryAfter: Math.max(1, Math.ceil(taken.retryAfterMs / 1000)) });
    },
    giveBack(id, cost = 1) {
      const bucket = buckets.get(id);
      if (bucket) buckets.set(id, { tokens: Math.min(policy.burst, bucket.tokens + cost), at: bucket.at });
    },
  };
}

/** Requests of principals and attempts to sign in; the defaults of createAccess. */
export interface RatePolicies {
  readonly key: RatePolicy;
  readonly user: RatePolicy;
  /** Attempts to sign in, or to change a password, that failed; per address. */
  readonly signIn: RatePolicy;
}

export const DEFAULT_RATES: RatePolicies = {
  key: { ratePerSecond: 5_000, burst: 10_000 },
  user: { ratePerSecond: 100, burst: 200 },
  signIn: { ratePerSecond: 10 / 60, burst: 10 },
};
