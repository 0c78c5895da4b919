import { hash } from 'node:crypto';
import type pg from 'pg';
import { z } from 'zod';
import type { Clock } from '#platform/clock.ts';
import { inTransactionOn } from '#platform/db/in-transaction.ts';
import { jsonText } from '#platform/json-text.ts';
import { fieldOf, REFERENCE_KINDS, stillUnknown } from './reference.ts';

/**
 * Events are taken whether their lead is known or not. Where the workspace says so, one whose lead is still unknown after
 * some days is put in front of a person: one entry for each reference, however many events came under it. The events stay
 * in the book as they came; the entry names the first of them.
 *
 * Each activity is looked at once, when it is old enough, in the order of the book; how far it is stands in the workspace.
 */
export interface UnknownLeadsDeps {
  readonly clock: Pick<Clock, 'now'>;
}

/** Activities looked at in one transaction, and such transactions for one workspace in one go. */
const CHUNK = 5_000;
const MOST_CHUNKS = 20;
const DAY_MS = 24 * 3_600_000;

const WORKSPACES_SQL = `
  SELECT id, unknown_lead_days AS days FROM workspace WHERE unknown_lead_days IS NOT NULL ORDER BY id`;

/** Old enough are those before the first that is not. */
const LOOK_SQL = `
  WITH looked_at AS MATERIALIZED (
    SELECT a.seq, a.workspace_id, a.door, a.subject_key, a.id, a.occurred_at, a.recorded_at
    FROM activity a WHERE a.seq > (SELECT unknown_lead_seq FROM workspace WHERE id = $1)
    ORDER BY a.seq LIMIT ${CHUNK}
  ), old AS (
    SELECT * FROM (SELECT *, bool_and(recorded_at < $2) OVER (ORDER BY seq) AS is_old FROM looked_at) AS l WHERE is_old
  ), unknown AS (
    SELECT DISTINCT ON (o.subject_key) o.subject_key, o.id, o.occurred_at, count(*) OVER (PARTITION BY o.subject_key) AS events
    FROM old o
    WHERE o.workspace_id = $1 AND o.door = 'lead' AND split_part(o.subject_key, ':', 1) = ANY ($3)
      AND NOT EXISTS (
        SELECT FROM lead_identity i WHERE i.workspace_id = $1 AND i.subject_key = o.subject_key
          AND o.recorded_at >= i.from_at AND o.recorded_at < i.to_at)
      AND NOT EXISTS (
        SELECT FROM quarantine q WHERE q.workspace_id = $1 AND q.waits_for = o.subject_key AND q.state = 'discarded')
    ORDER BY o.subject_key, o.seq
  )
  SELECT (SELECT max(seq) FROM old) AS seq, (
    SELECT coalesce(json_agg(json_build_object(
      'reference', u.subject_key, 'events', u.events, 'activityId', a.id, 'occurredAt', a.occurred_at, 'type', a.type,
      'category', a.category, 'description', a.description, 'message', a.message, 'metadata', a.metadata,
      'source', a.source, 'executionId', a.execution_id)), '[]')
    FROM unknown u JOIN activity a ON a.id = u.id AND a.occurred_at = u.occurred_at) AS unknown`;

const found = z.object({
  seq: z.number().nullable(),
  unknown: z.array(
    z.object({
      reference: z.string(),
      events: z.number(),
      activityId: z.uuid(),
      occurredAt: z.string(),
      type: z.string(),
      category: z.string(),
      description: z.string(),
      message: z.string().nullable(),
      metadata: z.unknown(),
      source: z.string(),
      executionId: z.string().nullable(),
    }),
  ),
});
type Unknown = z.output<typeof found>['unknown'][number];

/** More events under a reference that waits already are counted with it. */
const RAISE_SQL = `
  INSERT INTO quarantine AS q (id, workspace_id, door, type, source, body, body_hash, code, message, issues, received_at,
    last_received_at, original_occurred_at, repeats, lead_keys, waits_for, activity_id)
  SELECT gen_random_uuid(), $1, 'lead', i.type, i.source, i.body::json, i.body_hash, 'UNKNOWN_LEAD', i.message,
    i.issues::jsonb, $2, $2, i.occurred_at, i.events - 1, ARRAY[i.reference], i.reference, i.activity_id
  FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[], $10::integer[],
    $11::text[], $12::uuid[])
    AS i (type, source, body, body_hash, message, issues, occurred_at, events, reference, activity_id)
  ON CONFLICT (workspace_id, body_hash) WHERE state = 'waiting' OR (state = 'replayed' AND idempotency_key IS NOT NULL)
  DO UPDATE SET repeats = q.repeats + excluded.repeats + 1, last_received_at = excluded.last_received_at`;
const ADVANCE_SQL = 'UPDATE workspace SET unknown_lead_seq = $2 WHERE id = $1';

/**
 * Looks once at what has become old enough, in every workspace that wants it. To be called by one process at a time.
 * @returns whether there is more to look at
 */
export async function raiseUnknownLeads(client: pg.PoolClient, { clock }: UnknownLeadsDeps): Promise<boolean> {
  const { rows } = await client.query<{ id: string; days: number }>(WORKSPACES_SQL);
  let isMore = false;
  for (const { id, days } of rows) {
    let chunks = 0;
    while (chunks < MOST_CHUNKS && (await lookOnce(client, id, days, clock.now()))) chunks += 1;
    isMore ||= chunks === MOST_CHUNKS;
  }
  return isMore;
}

/** One chunk in one transaction: what is raised and how far it is are never one without the other. */
async function lookOnce(client: pg.PoolClient, workspaceId: string, days: number, now: Date): Promise<boolean> {
  const before = new Date(now.getTime() - days * DAY_MS);
  return inTransactionOn(client, async () => {
    const { rows } = await client.query(LOOK_SQL, [workspaceId, before, REFERENCE_KINDS]);
    const { seq, unknown } = found.parse(rows[0]);
    if (seq !== null) {
      if (unknown.length > 0) await client.query(RAISE_SQL, [workspaceId, now, ...columnsOf(unknown)]);
      await client.query(ADVANCE_SQL, [workspaceId, seq]);
    }
    return seq !== null;
  });
}

function columnsOf(unknown: readonly Unknown[]): unknown[] {
  const errors = unknown.map(({ reference }) => stillUnknown(reference));
  return [
    unknown.map(({ type }) => type),
    unknown.map(({ source }) => source),
    unknown.map((event) => jsonText(bodyOf(event))),
    unknown.map(({ reference }) => hash('sha256', `unknown lead ${reference}`, 'hex')),
    errors.map(({ message }) => message),
    errors.map(({ issues }) => jsonText(issues)),
    unknown.map(({ occurredAt }) => occurredAt),
    unknown.map(({ events }) => events),
    unknown.map(({ reference }) => reference),
    unknown.map(({ activityId }) => activityId),
  ];
}

/** The event as it could have been sent. */
function bodyOf(event: Unknown): Readonly<Record<string, unknown>> {
  const { field, value } = fieldOf(event.reference);
  return {
    eventType: event.type,
    eventCategory: event.category,
    [field]: value,
    description: event.description,
    ...(event.message !== null && { messageContent: event.message }),
    ...(event.metadata !== null && event.metadata !== undefined && { metadata: event.metadata }),
    source: event.source,
    ...(event.executionId !== null && { executionId: event.executionId }),
    timestamp: new Date(event.occurredAt).toISOString(),
  };
}
