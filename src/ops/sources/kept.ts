import type pg from 'pg';

const DAY_MS = 86_400_000;
/** The four weeks that are compared, and one. */
const RATES_DAYS = 35;
/** The eight weeks that a rhythm is learned from, and one. */
const SPANS_DAYS = 63;

/** Workspace by workspace, because that is how they are indexed. */
const FORGET_RATES_SQL = 'DELETE FROM source_rate r USING workspace w WHERE r.workspace_id = w.id AND r.bucket_at < $1';
const FORGET_SPANS_SQL = 'DELETE FROM source_span WHERE at < $1';

/** What happened before is not counted by ten minutes. */
export function ratesSince(now: Date): Date {
  return new Date(now.getTime() - RATES_DAYS * DAY_MS);
}

/** From a source of which nothing has arrived since then no rhythm is known any more. */
export function spansSince(now: Date): Date {
  return new Date(now.getTime() - SPANS_DAYS * DAY_MS);
}

/** Removes what is too old to be compared with. */
export async function forgetOld(pool: pg.Pool, now: Date): Promise<void> {
  await pool.query(FORGET_RATES_SQL, [ratesSince(now)]);
  await pool.query(FORGET_SPANS_SQL, [spansSince(now)]);
}
