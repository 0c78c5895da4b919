import type pg from 'pg';
import type { Receipt, ServiceKeyRef } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import { parseJson } from '#domain/json.ts';
import { nextRetryAt, type QuarantineVerdict } from '#domain/quarantine.ts';
import type { Ingest, Submission } from '#ingest/index.ts';
import type { Clock } from '#platform/clock.ts';
import { storableText } from '#platform/db/array-literal.ts';
import { jsonText } from '#platform/json-text.ts';
import type { UnknownLead, WaitingEntry } from './entry-row.ts';
import { stillUnknown } from './reference.ts';

/** How a door reads a body. */
export type DoorReader = (body: unknown, context: DoorContext) => Submission;
export interface DoorContext {
  readonly workspaceId: string;
  readonly userId: string | undefined;
  readonly serviceKey?: ServiceKeyRef | undefined;
  readonly idempotencyKey?: string | undefined;
}

export interface ReplayDeps {
  readonly pool: pg.Pool;
  readonly ingest: Pick<Ingest, 'accept' | 'check'>;
  /** The doors whose events can be replayed, by name. */
  readonly doors: Readonly<Record<string, DoorReader>>;
  readonly clock: Clock;
}

/** @throws AppError CONFLICT for an entry that hands in nothing */
export function refuseInTheBook({ unknownLead }: WaitingEntry): void {
  if (unknownLead) {
    throw new AppError('CONFLICT', { message: 'This event is in the book, as it came. Say whose it is.' });
  }
}

/**
 * What an entry hands in: its body through the door it came by, at the time when it happened or, when it does not say,
 * when it came. Under the caller's own key, so that the caller's next try is a duplicate; else under the entry's, so that
 * it is stored once however often it is replayed. The activity names the entry as metadata.quarantine_id.
 * @throws AppError as the door does
 */
export function submissionOf({ doors }: Pick<ReplayDeps, 'doors'>, entry: WaitingEntry, body: unknown): Submission {
  refuseInTheBook(entry);
  const read = doors[entry.door];
  if (!read) throw new AppError('CONFLICT', { message: `Events of the door ${entry.door} cannot be replayed yet.` });
  const hasKey = typeof body === 'object' && body !== null && 'idempotencyKey' in body && body.idempotencyKey !== '';
  const submission = read(body, {
    workspaceId: entry.workspaceId,
    userId: entry.createdBy ?? undefined,
    serviceKey: entry.serviceKey,
    idempotencyKey: hasKey ? undefined : (entry.idempotencyKey ?? undefined),
  });
  return {
    ...submission,
    occurredAt: submission.occurredAt ?? entry.receivedAt,
    metadata: { ...submission.metadata, quarantine_id: entry.id },
    idempotencyKey: keyOf(entry, submission),
  };
}

/** Its key belongs to another body when it came as a conflict: then it can only be an event of its own. */
function keyOf(entry: WaitingEntry, { idempotencyKey, executionId }: Submission): string | undefined {
  const isTaken = entry.code === 'IDEMPOTENCY_CONFLICT' && idempotencyKey === (entry.idempotencyKey ?? undefined);
  if (isTaken || (idempotencyKey === undefined && !executionId)) return `quarantine:${entry.id}`;
  return idempotencyKey;
}

/** Judges an entry, or another body in its place, as a replay would. @throws AppError when nobody can say now */
export async function judgeEntry(deps: ReplayDeps, entry: WaitingEntry, body: unknown): Promise<QuarantineVerdict> {
  try {
    if (entry.unknownLead) await findLeadOf(deps.pool, entry, entry.unknownLead);
    else await deps.ingest.check(submissionOf(deps, entry, body));
    return { ok: true };
  } catch (error) {
    if (!(error instanceof AppError) || error.retryable) throw error;
    return { ok: false, code: error.code, message: error.message, issues: error.issues };
  }
}

export type ReplayResult = Receipt | AppError;

/**
 * Replays entries, at once, and writes down what became of each; answers in order.
 * @throws AppError UNAVAILABLE when the book cannot take them now: nothing is written down
 */
export async function replayEntries(
  deps: ReplayDeps,
  entries: readonly WaitingEntry[],
  by: string,
): Promise<ReplayResult[]> {
  const results = await Promise.all(entries.map((entry) => replayOne(deps, entry)));
  const away = results.find((result) => result instanceof AppError && result.retryable);
  if (away instanceof AppError) throw away;
  await writeDown(deps, entries, results, by);
  return results;
}

async function replayOne(deps: ReplayDeps, entry: WaitingEntry): Promise<ReplayResult> {
  try {
    if (entry.unknownLead) return await findLeadOf(deps.pool, entry, entry.unknownLead);
    return await deps.ingest.accept(submissionOf(deps, entry, parseJson(entry.body)));
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** Stored is stored, even when somebody discarded the entry meanwhile. Locked in the order of their ids. */
const RESOLVE_SQL = `
  UPDATE quarantine q SET state = 'replayed', resolved_activity_id = i.activity_id, resolved_by = $3, resolved_at = $4,
    next_retry_at = NULL, woken_at = NULL, last_error = NULL, discard_reason = NULL
  FROM (
    SELECT i.* FROM unnest($1::uuid[], $2::uuid[]) AS i (id, activity_id)
    JOIN quarantine locked ON locked.id = i.id
    ORDER BY locked.id FOR UPDATE OF locked
  ) AS i
  WHERE q.id = i.id AND q.state <> 'replayed'`;

/** Locked in the order of their ids, as wake_quarantine() does. What was woken meanwhile stays woken. */
const FAIL_SQL = `
  UPDATE quarantine q SET retry_count = i.retry_count, last_error = i.message, next_retry_at = i.next_retry_at,
    woken_at = CASE WHEN q.woken_at IS DISTINCT FROM i.woken_at THEN q.woken_at END,
    code = coalesce(i.code, q.code), message = CASE WHEN i.code IS NULL THEN q.message ELSE i.message END,
    issues = CASE WHEN i.code IS NULL THEN q.issues ELSE i.issues::jsonb END
  FROM (
    SELECT i.* FROM unnest(
      $1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::integer[], $7::timestamptz[])
      AS i (id, code, message, issues, next_retry_at, retry_count, woken_at)
    JOIN quarantine locked ON locked.id = i.id
    ORDER BY locked.id FOR UPDATE OF locked
  ) AS i
  WHERE q.id = i.id AND q.state = 'waiting'`;

async function writeDown(
  { pool, clock }: ReplayDeps,
  entries: readonly WaitingEntry[],
  results: readonly ReplayResult[],
  by: string,
): Promise<void> {
  const now = clock.now();
  const stored: [string, string][] = [];
  const failed: { entry: WaitingEntry; error: AppError }[] = [];
  for (const [i, entry] of entries.entries()) {
    const result = results[i];
    if (result instanceof AppError) failed.push({ entry, error: result });
    else if (result) stored.push([entry.id, result.activityId]);
  }
  if (stored.length > 0) {
    await pool.query(RESOLVE_SQL, [stored.map(([id]) => id), stored.map(([, activity]) => activity), by, now]);
  }
  if (failed.length === 0) return;
  await pool.query(FAIL_SQL, [
    failed.map(({ entry }) => entry.id),
    // A key that is taken by now is said, but does not make of this entry another event.
    failed.map(({ error }) => (error.code === 'IDEMPOTENCY_CONFLICT' ? null : error.code)),
    failed.map(({ error }) => storableText(error.message)),
    failed.map(({ error }) => jsonText(error.issues)),
    failed.map(({ entry, error }) => nextTry(entry, error, now)),
    failed.map(({ entry }) => entry.retryCount + (entry.wokenAt ? 0 : 1)),
    failed.map(({ entry }) => entry.wokenAt),
  ]);
}

/** One that was woken between two tries keeps its next one; one whose lead is unknown for too long has none. */
function nextTry(entry: WaitingEntry, error: AppError, now: Date): Date | null {
  if (entry.unknownLead) return null;
  return entry.wokenAt && entry.nextRetryAt && entry.nextRetryAt > now
    ? entry.nextRetryAt
    : nextRetryAt(error.code, entry.retryCount + 1, now);
}

const LEAD_OF_SQL = `
  SELECT a.occurred_at FROM lead_identity i
  JOIN activity a ON a.id = $3 AND a.workspace_id = i.workspace_id
  WHERE i.workspace_id = $1 AND i.subject_key = $2 AND a.recorded_at >= i.from_at AND a.recorded_at < i.to_at`;

/** Whether somebody is known under the reference by now: then its events are where they belong. */
async function findLeadOf(
  pool: pg.Pool,
  entry: WaitingEntry,
  { reference, activityId }: UnknownLead,
): Promise<Receipt> {
  const { rows } = await pool.query<{ occurred_at: Date }>(LEAD_OF_SQL, [entry.workspaceId, reference, activityId]);
  const [found] = rows;
  if (!found) throw stillUnknown(reference);
  return { status: 'stored', activityId, timestamp: found.occurred_at.toISOString() };
}
