/**
 * Quarantine: keeps what could be read and was refused, once for each body however often it is sent, in the table or,
 * while the database is away, in the spool. ops/retry-queue shows, edits, replays and discards what waits in it.
 */
import type pg from 'pg';
import type { NewActivity } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import { retryWithBackoff } from '#platform/backoff.ts';
import type { Clock } from '#platform/clock.ts';
import { arrayLiteral } from '#platform/db/array-literal.ts';
import { isDatabaseAway } from '#platform/db/away.ts';
import { isPassingConflict, isUniqueViolation } from '#platform/db/sql-state.ts';
import type { Logger } from '#platform/log.ts';
import { entryOf, entrySchema, type QuarantineEntry, type Refusal } from './quarantine-entry.ts';
import type { Spool } from './spool/spool.ts';
import type { RefusedEvent } from './spool/store-spooled.ts';

export type { Refusal } from './quarantine-entry.ts';

export interface Kept {
  readonly id: string;
  /** How often the same body came before. */
  readonly repeats: number;
}

export interface Quarantine {
  /**
   * Keeps refused events, durably; answers for each, in order. The same body again is the same entry.
   * @throws AppError UNAVAILABLE when neither database nor spool took them: the caller has to send them again
   */
  keep(refusals: readonly Refusal[]): Promise<Kept[]>;
  /** Keeps an event of the spool that the book refused. Rejects when the database is away. */
  keepRefused(refused: RefusedEvent): Promise<void>;
  /** Keeps an entry that keep() has put into the spool. Rejects when the database is away. */
  keepEntry(entry: unknown): Promise<void>;
}

export interface QuarantineDeps {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where entries wait while the database is away; without it they are refused then. */
  readonly spool?: Pick<Spool, 'append'>;
  /** Whether the database is known to be away: then nothing is tried there first. */
  readonly isAway?: () => boolean;
  /** The body that a door would make this activity of: what an operator sees and edits. */
  readonly bodyOf: (activity: NewActivity) => unknown;
}

/** Sorted, so that two batches take their locks in one order. An id of an entry that is resolved is not used again. */
const KEEP_SQL = `
  INSERT INTO quarantine AS q (
    id, workspace_id, door, type, source, body, body_hash, idempotency_key, created_by, code, message, issues,
    received_at, last_received_at, original_occurred_at, next_retry_at, repeats, service_key_id, service_key_name,
    lead_keys)
  SELECT CASE WHEN EXISTS (SELECT FROM quarantine old WHERE old.id = i.id) THEN gen_random_uuid() ELSE i.id END,
    i.workspace_id, i.door, i.type, i.source, i.body::json, i.body_hash, i.idempotency_key, i.created_by, i.code,
    i.message, i.issues::jsonb, i.received_at, i.received_at, i.occurred_at, i.next_retry_at, i.repeats,
    i.service_key_id, i.service_key_name, i.lead_keys::text[]
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::uuid[], $10::text[], $11::text[], $12::text[], $13::timestamptz[], $14::timestamptz[], $15::timestamptz[],
    $16::int[], $17::text[], $18::text[], $19::text[])
    AS i (id, workspace_id, door, type, source, body, body_hash, idempotency_key, created_by, code, message, issues,
      received_at, occurred_at, next_retry_at, repeats, service_key_id, service_key_name, lead_keys)
  ORDER BY i.workspace_id, i.body_hash
  ON CONFLICT (workspace_id, body_hash)
    WHERE state = 'waiting' OR (state = 'replayed' AND idempotency_key IS NOT NULL)
  DO UPDATE SET repeats = q.repeats + excluded.repeats + 1,
    last_received_at = greatest(q.last_received_at, excluded.last_received_at)
  RETURNING q.id, q.workspace_id, q.body_hash, q.repeats`;

const RETRY = { baseMs: 5, maxMs: 100 };
const PATIENCE_MS = 3_000;

export function createQuarantine(deps: QuarantineDeps): Quarantine {
  const { pool, clock, log, spool, bodyOf, isAway } = deps;
  /** All of them in one statement, which takes each body once. */
  const store = async (entries: readonly QuarantineEntry[]): Promise<Kept[]> => {
    const distinct = Map.groupBy(entries, keyOf);
    const rows = [...distinct.values()].flatMap(([first, ...again]) =>
      first ? [{ ...first, repeats: again.length }] : [],
    );
    const { rows: kept } = await retryWithBackoff(() => pool.query(KEEP_SQL, paramsOf(rows)), {
      policy: RETRY,
      deadlineMs: PATIENCE_MS,
      clock,
      // Two that bring the same body at once meet on the primary key: the second time it is a repeat.
      isRetryable: (error) => isPassingConflict(error) || isUniqueViolation(error),
    });
    const byKey = new Map<string, Kept>(
      kept.map((row) => [`${row.workspace_id}:${row.body_hash}`, { id: row.id, repeats: row.repeats }]),
    );
    return entries.map((entry) => byKey.get(keyOf(entry)) ?? { id: entry.id, repeats: 0 });
  };

  const spoolAll = async (entries: readonly QuarantineEntry[], cause: unknown): Promise<Kept[]> => {
    if (!spool) throw new AppError('UNAVAILABLE', { retryAfter: 1, cause });
    await Promise.all(entries.map((entry) => spool.append({ kind: 'refusal', entry })));
    return entries.map(({ id }) => ({ id, repeats: 0 }));
  };

  return {
    async keep(refusals) {
      if (refusals.length === 0) return [];
      const now = clock.now();
      const entries = refusals.map((refusal) => entryOf(refusal, now));
      if (spool && isAway?.()) return spoolAll(entries, undefined);
      try {
        return await store(entries);
      } catch (error) {
        if (isDatabaseAway(error)) return spoolAll(entries, error);
        log.error({ err: error, entries: entries.length }, 'refused events could not be kept');
        throw new AppError('UNAVAILABLE', { retryAfter: 1, cause: error });
      }
    },
    async keepRefused({ activity, error }) {
      const { workspaceId, door, type, source, occurredAt, serviceKey, leadId, leadAirtableId } = activity;
      const lead = { leadId, leadAirtableId, leadEmail: activity.leadEmail, leadPhone: activity.leadPhone };
      // Beside a key the author is what its body says, to be looked up again.
      const createdBy = serviceKey ? undefined : (activity.createdBy ?? undefined);
      const refusal = { workspaceId, door, type, source, occurredAt, createdBy, serviceKey, lead, error };
      await store([
        entryOf({ ...refusal, body: bodyOf(activity), idempotencyKey: keyOfCaller(activity) }, clock.now()),
      ]);
    },
    async keepEntry(entry) {
      await store([entrySchema.parse(entry)]);
    },
  };
}

function keyOf({ workspaceId, bodyHash }: QuarantineEntry): string {
  return `${workspaceId}:${bodyHash}`;
}

/** The key as the caller gave it; the book's own of an identical body of one execution is made anew by itself. */
function keyOfCaller({ idempotency }: NewActivity): string | undefined {
  return idempotency?.key.startsWith('key:') ? idempotency.key.slice('key:'.length) : undefined;
}

function paramsOf(rows: readonly (QuarantineEntry & { readonly repeats: number })[]): unknown[] {
  const of = <T>(pick: (row: QuarantineEntry & { readonly repeats: number }) => T): T[] => rows.map(pick);
  return [
    of((row) => row.id),
    of((row) => row.workspaceId),
    of((row) => row.door),
    of((row) => row.type),
    of((row) => row.source),
    of((row) => row.body),
    of((row) => row.bodyHash),
    of((row) => row.idempotencyKey),
    of((row) => row.createdBy),
    of((row) => row.code),
    of((row) => row.message),
    of((row) => row.issues),
    of((row) => row.receivedAt),
    of((row) => row.occurredAt),
    of((row) => row.nextRetryAt),
    of((row) => row.repeats),
    of((row) => row.serviceKey?.id ?? null),
    of((row) => row.serviceKey?.name ?? null),
    of((row) => arrayLiteral(row.leadKeys, (key) => key) ?? '{}'),
  ];
}
