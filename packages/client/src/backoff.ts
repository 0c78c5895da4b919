export interface Backoff {
  readonly baseMs: number;
  readonly maxMs: number;
}

/** For a server that will be back: 0.25 s, 0.5 s, … 30 s. */
export const RETRY: Backoff = { baseMs: 250, maxMs: 30_000 };
/** For what a person has to put right first: 1 minute, 2 minutes, … 15 minutes. */
export const PAUSE: Backoff = { baseMs: 60_000, maxMs: 15 * 60_000 };

/** Nobody spins, whatever the dice say. */
const LEAST_MS = 25;
/** A server that asks for more is asked again after this time all the same. */
const MOST_ASKED_MS = 3_600_000;

/**
 * How long to wait after the `attempt`th failure in a row (from 1), in milliseconds: anything up to twice as long as the
 * last time ("full jitter"), so that clients that failed together do not come back together; never before the time the
 * server asked for.
 */
export function waitAfter(
  attempt: number,
  { baseMs, maxMs }: Backoff,
  askedMs = 0,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(Math.min(askedMs, MOST_ASKED_MS) + Math.max(LEAST_MS, ceiling * random()));
}

/** What a pause lasts: between half of its time and all of it. */
export function pauseAfter(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(PAUSE.maxMs, PAUSE.baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(ceiling * (0.5 + random() / 2));
}

/** The Retry-After header in milliseconds: seconds, or a date (RFC 9110, 10.2.3). */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
