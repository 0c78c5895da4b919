import type { NewActivity } from '#domain/activity.ts';

/** Runs one SQL statement and gives its rows: a pg client, or Prisma's `$queryRawUnsafe` inside a transaction. */
export type RunSql = (sql: string, params: readonly unknown[]) => Promise<readonly Record<string, unknown>[]>;

export const APPEND_OUTCOMES = [
  'stored',
  'duplicate',
  'conflict',
  'unknown_lead',
  'ambiguous_lead',
  'lead_mismatch',
] as const;

/** What became of one activity; `id` and `occurredAt` are those of the activity that is in the book. */
export interface AppendOutcome {
  readonly outcome: (typeof APPEND_OUTCOMES)[number];
  readonly id: string;
  readonly occurredAt: Date;
  /** Set when this very call inserted the row. */
  readonly seq: number | null;
  readonly leadId: string | null;
}

const APPEND_SQL =
  'SELECT outcome, id, occurred_at, seq::float8 AS seq, lead_id FROM append_activities($1::json) ORDER BY ord';

/**
 * Puts activities into the book: the only INSERT there is. One statement; takes its locks in the order lead rows by id,
 * idempotency keys sorted, append lane, so inside a transaction it must be the last statement that locks anything.
 * Answers one outcome per activity, in order. The months of all `occurredAt` must exist (ensureMonths).
 */
export async function appendActivities(run: RunSql, activities: readonly NewActivity[]): Promise<AppendOutcome[]> {
  if (activities.length === 0) return [];
  const rows = await run(APPEND_SQL, [appendPayload(activities)]);
  return rows.map(toOutcome);
}

const CHECK_SQL = 'SELECT outcome, id, occurred_at, NULL AS seq, lead_id FROM check_activities($1::json) ORDER BY ord';

/** What appendActivities() would answer now; writes nothing. */
export async function checkActivities(run: RunSql, activities: readonly NewActivity[]): Promise<AppendOutcome[]> {
  if (activities.length === 0) return [];
  const rows = await run(CHECK_SQL, [appendPayload(activities)]);
  return rows.map(toOutcome);
}

/** The JSON array that append_activities() takes. */
function appendPayload(activities: readonly NewActivity[]): string {
  const payload = JSON.stringify(activities.map(toRecord));
  // Postgres text takes neither NUL nor half a surrogate pair. They are rare: only then is every string looked at.
  return /\\u0000|\\ud[89a-f]/.test(payload) ? JSON.stringify(activities.map(toRecord).map(storable)) : payload;
}

/** The same value with NUL shown as U+2400 and lone surrogates as U+FFFD, in keys too. */
function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '\u2400').toWellFormed();
  if (Array.isArray(value)) return value.map(storable);
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [storable(key), storable(item)]));
}

function toRecord(activity: NewActivity): Record<string, unknown> {
  return {
    id: activity.id,
    workspace_id: activity.workspaceId,
    door: activity.door,
    type: activity.type,
    category: activity.category,
    occurred_at: activity.occurredAt,
    lead_id: activity.leadId,
    lead_airtable_id: activity.leadAirtableId,
    lead_email: activity.leadEmail,
    lead_phone: activity.leadPhone,
    subject_key: activity.subjectKey,
    description: activity.description,
    message: activity.message,
    metadata: activity.metadata,
    source: activity.source,
    execution_id: activity.executionId,
    actor_type: activity.actor?.type,
    actor_id: activity.actor?.id,
    actor_label: activity.actor?.label,
    created_by: activity.createdBy,
    entity_type: activity.entityType,
    entity_id: activity.entityId,
    brand_id: activity.brandId,
    visibility: activity.visibility,
    severity: activity.severity,
    status: activity.status,
    success: activity.success,
    error_code: activity.errorCode,
    error_message: activity.errorMessage,
    duration_ms: activity.durationMs,
    session_id: activity.sessionId,
    url: activity.url,
    http_method: activity.httpMethod,
    http_status: activity.httpStatus,
    direction: activity.direction,
    call_id: activity.callId,
    ip: activity.ip,
    user_agent: activity.userAgent,
    tags: activity.tags,
    idempotency_key: activity.idempotency?.key,
    body_hash: activity.idempotency?.bodyHash,
  };
}

function toOutcome(row: Record<string, unknown>): AppendOutcome {
  return {
    outcome: APPEND_OUTCOMES.find((name) => name === row.outcome) ?? raise(`unknown outcome ${String(row.outcome)}`),
    id: String(row.id),
    occurredAt: row.occurred_at instanceof Date ? row.occurred_at : new Date(String(row.occurred_at)),
    seq: row.seq === null ? null : Number(row.seq),
    leadId: row.lead_id === null ? null : String(row.lead_id),
  };
}

function raise(message: string): never {
  throw new Error(message);
}
