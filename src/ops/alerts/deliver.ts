import type pg from 'pg';
import { z } from 'zod';
import { backoffDelay } from '#platform/backoff.ts';
import type { Clock } from '#platform/clock.ts';
import type { Logger } from '#platform/log.ts';
import type { Seal } from '#platform/seal.ts';
import { targetOf } from './channels.ts';
import type { AlertMessage } from './message.ts';
import { type SealedChannel, sealedChannel } from './rows.ts';
import type { Answered, Send } from './send.ts';
import { GIVE_UP_MS } from './sweep.ts';

export interface DeliverDeps {
  readonly pool: pg.Pool;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  readonly seal: Seal;
  readonly send: Send;
}

/** Longer than a receiver may take: who has claimed a message and does not come back has died. */
const CLAIM_MS = 60_000;
const BATCH = 20;
export const RETRY = { baseMs: 10_000, maxMs: 30 * 60_000, factor: 3 } as const;
/** As long as a receiver may ask us to wait. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** Of one alert a channel is told in order: the next when the one before has arrived, or was given up. */
const CLAIM_SQL = `
  WITH due AS (
    SELECT d.id FROM alert_delivery d JOIN alert_channel c ON c.id = d.channel_id
    WHERE d.state = 'waiting' AND d.next_try_at <= $1 AND c.enabled AND c.key_id = $3
      AND NOT EXISTS (
        SELECT FROM alert_delivery e
        WHERE e.alert_id = d.alert_id AND e.channel_id = d.channel_id AND e.state = 'waiting' AND e.id < d.id)
    ORDER BY d.next_try_at, d.id LIMIT ${BATCH} FOR UPDATE OF d SKIP LOCKED
  )
  UPDATE alert_delivery d SET next_try_at = $2, attempts = d.attempts + 1
  FROM due, alert_channel c WHERE d.id = due.id AND c.id = d.channel_id
  RETURNING d.id AS delivery_id, d.message, d.attempts, d.created_at,
    c.id, c.name, c.type, c.sealed_url, c.sealed_secret, c.key_id`;

const claimedRow = sealedChannel.extend({
  delivery_id: z.string(),
  message: z.custom<AlertMessage>((value) => typeof value === 'object' && value !== null && 'alert' in value),
  attempts: z.number(),
  created_at: z.date(),
});
type Claimed = z.output<typeof claimedRow>;

const SENT_SQL = `
  WITH sent AS (
    UPDATE alert_delivery SET state = 'sent', finished_at = $3, last_status = $4, last_error = NULL WHERE id = $1
  )
  UPDATE alert_channel SET failures = 0, failing_since = NULL, last_error = NULL, last_ok_at = $3 WHERE id = $2`;
const NOT_SENT_SQL = `
  WITH tried AS (
    UPDATE alert_delivery SET state = $4, next_try_at = $5, last_status = $6, last_error = $7,
      finished_at = CASE WHEN $4 = 'failed' THEN $3::timestamptz END
    WHERE id = $1
  )
  UPDATE alert_channel SET failures = failures + 1, failing_since = coalesce(failing_since, $3), last_error = $7 WHERE id = $2`;
/** A receiver that asks for patience gets it for everything. */
const WAIT_SQL = `
  UPDATE alert_delivery SET next_try_at = $2 WHERE channel_id = $1 AND state = 'waiting' AND next_try_at < $2`;

/** Sends what is due, once each. Gives how many messages were tried. */
export async function deliverDue(deps: DeliverDeps): Promise<number> {
  const { pool, clock, seal } = deps;
  const now = clock.now();
  const claim = [now, new Date(now.getTime() + CLAIM_MS), seal.keyId];
  const claimed = z.array(claimedRow).parse((await pool.query(CLAIM_SQL, claim)).rows);
  await Promise.all(claimed.map((delivery) => deliverOne(deps, delivery)));
  return claimed.length;
}

async function deliverOne({ pool, clock, log, seal, send }: DeliverDeps, delivery: Claimed): Promise<void> {
  const { delivery_id: id, id: channelId } = delivery;
  const answered = await trySend(send, seal, delivery);
  const now = clock.now();
  if (answered.ok) {
    await pool.query(SENT_SQL, [id, channelId, now, answered.status]);
    return;
  }
  const reason = reasonOf(answered);
  const nextTryAt = new Date(now.getTime() + delayOf(delivery.attempts, answered));
  const state = nextTryAt.getTime() - delivery.created_at.getTime() > GIVE_UP_MS ? 'failed' : 'waiting';
  log.warn({ channelId, deliveryId: id, attempts: delivery.attempts, reason, state }, 'an alert was not delivered');
  await pool.query(NOT_SENT_SQL, [id, channelId, now, state, nextTryAt, answered.status, reason]);
  if (answered.retryAfterMs !== undefined) await pool.query(WAIT_SQL, [channelId, nextTryAt]);
}

async function trySend(send: Send, seal: Seal, delivery: Claimed): Promise<Answered> {
  try {
    return await send(targetOf(seal, delivery satisfies SealedChannel), delivery.message, delivery.delivery_id);
  } catch (error) {
    // What does not open was changed in the database.
    const sentence = error instanceof Error ? `its address cannot be decrypted: ${error.message}` : 'unknown';
    return { ok: false, status: null, answer: '', error: sentence, durationMs: 0, retryAfterMs: undefined };
  }
}

/** How long to wait before the next try, in milliseconds; as long as the receiver asks for, within reason. */
export function delayOf(attempts: number, { retryAfterMs = 0 }: Pick<Answered, 'retryAfterMs'>): number {
  return Math.max(backoffDelay(attempts, RETRY), Math.min(retryAfterMs, MAX_RETRY_AFTER_MS));
}

/** `404 no_service`, or why no answer came. */
export function reasonOf({ status, answer, error }: Answered): string {
  return error ?? `${status} ${answer}`.trim().slice(0, 300);
}
