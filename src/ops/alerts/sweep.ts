import type pg from 'pg';

const DAY_MS = 86_400_000;
/** A message is tried for so long. */
export const GIVE_UP_MS = DAY_MS;
const KEEP_ALERTS_MS = 400 * DAY_MS;
const KEEP_DELIVERIES_MS = 30 * DAY_MS;
const KEEP_LOGINS_MS = 2 * DAY_MS;
/** Nobody has begun to send it for so long: nobody can. */
const UNCLAIMED_MS = 5 * 60_000;

const GIVE_UP_SQL = `
  UPDATE alert_delivery SET state = 'failed', finished_at = $1, last_error = coalesce(last_error, 'not sent within a day')
  WHERE state = 'waiting' AND created_at < $2 AND next_try_at <= $1`;
const FOREIGN_KEY_SQL = `
  UPDATE alert_channel c SET failures = greatest(c.failures, 1000), failing_since = coalesce(c.failing_since, $1),
    last_error = 'No running server has the key that its address was encrypted with. Enter the address anew.'
  WHERE c.enabled AND c.key_id <> $3 AND EXISTS (
    SELECT FROM alert_delivery d
    WHERE d.channel_id = c.id AND d.state = 'waiting' AND d.attempts = 0 AND d.created_at < $2 AND d.next_try_at < $2)`;
const FORGET_SQL = [
  ["DELETE FROM alert WHERE state = 'resolved' AND resolved_at < $1", KEEP_ALERTS_MS],
  ["DELETE FROM alert_delivery WHERE state <> 'waiting' AND finished_at < $1", KEEP_DELIVERIES_MS],
  ['DELETE FROM alert_failed_login WHERE minute < $1', KEEP_LOGINS_MS],
] as const;

/** Ends what was tried for long enough, notices what nobody can send, and forgets what is old. */
export async function sweepAlerts(db: Pick<pg.PoolClient, 'query'>, now: Date, keyId: string): Promise<void> {
  const before = (ms: number) => new Date(now.getTime() - ms);
  await db.query(GIVE_UP_SQL, [now, before(GIVE_UP_MS)]);
  await db.query(FOREIGN_KEY_SQL, [now, before(UNCLAIMED_MS), keyId]);
  for (const [sql, age] of FORGET_SQL) await db.query(sql, [before(age)]);
}
