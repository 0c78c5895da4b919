import type { LiveLimits } from './types.ts';

/** Measured on two cores: see bench/live-fanout.ts. All memory that clients can cause is bounded by these. Described in docs/operations.md. */
export const DEFAULT_LIMITS: LiveLimits = {
  maxSubscribers: 5_000,
  maxSubscribersEach: 500,
  maxSearches: 200,
  maxSearchesEach: 20,
  ringCount: 5_000,
  ringBytes: 16 * 1024 * 1024,
  prefill: 500,
  maxCatchUp: 50_000,
  // What a long outage left is drained faster than it is shown: ten minutes at 500 a second are shown whole.
  maxLag: 500_000,
  maxSocketBytes: 64 * 1024,
  sliceBytes: 64 * 1024,
  maxStallMs: 60_000,
  maxAgeMs: 3_600_000,
  heartbeatMs: 15_000,
  coalesceMs: 40,
  pollMs: 250,
  lingerMs: 10_000,
};
