import type { NewActivity } from '#domain/activity.ts';
import { arrayLiteral, storableJson } from './array-literal.ts';

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
}

/**
 * Puts activities into the book: the only INSERT there is. One statement; takes its locks in the order lead rows by id,
 * idempotency keys sorted, append lane, so inside a transaction it must be the last statement that locks anything.
 * Answers one outcome per activity, in order. The months of all `occurredAt` must exist (months.ts).
 */
export async function appendActivities(run: RunSql, activities: readonly NewActivity[]): Promise<AppendOutcome[]> {
  return call(run, APPEND_SQL, APPEND_COLUMNS, activities);
}

/** What appendActivities() would answer now; writes nothing. */
export async function checkActivities(run: RunSql, activities: readonly NewActivity[]): Promise<AppendOutcome[]> {
  return call(run, CHECK_SQL, CHECK_COLUMNS, activities);
}

async function call(
  run: RunSql,
  sql: string,
  columns: readonly Column[],
  activities: readonly NewActivity[],
): Promise<AppendOutcome[]> {
  if (activities.length === 0) return [];
  const rows = await run(
    sql,
    columns.map(({ of }) => arrayLiteral(activities, of)),
  );
  const outcomes = activities.map(({ id, occurredAt }): AppendOutcome => ({ outcome: 'stored', id, occurredAt }));
  // The database names only the activities that this call did not put into the book.
  for (const row of rows) outcomes[Number(row.ord) - 1] = toOutcome(row);
  return outcomes;
}

function toOutcome(row: Record<string, unknown>): AppendOutcome {
  const outcome = APPEND_OUTCOMES.find((name) => name === row.outcome);
  if (!outcome) throw new Error(`unknown outcome ${String(row.outcome)}`);
  const { occurred_at: at } = row;
  return { outcome, id: String(row.id), occurredAt: at instanceof Date ? at : new Date(String(at)) };
}

/** One parameter of append_activities(): an array with a value for each activity. */
interface Column {
  readonly name: string;
  readonly type: string;
  /** The value as Postgres reads it; null or undefined for NULL. */
  readonly of: (activity: NewActivity) => string | null | undefined;
}

const column = (name: string, type: string, of: Column['of']): Column => ({ name, type, of });
const text = (name: string, of: Column['of']): Column => column(name, 'text[]', of);

const IDENTITY = [
  column('id', 'uuid[]', (a) => a.id),
  column('workspace_id', 'uuid[]', (a) => a.workspaceId),
  column('occurred_at', 'timestamptz[]', (a) => a.occurredAt.toISOString()),
  column('lead_id', 'uuid[]', (a) => a.leadId),
  text('lead_airtable_id', (a) => a.leadAirtableId),
  text('lead_email', (a) => a.leadEmail),
  text('lead_phone', (a) => a.leadPhone),
  text('subject_key', (a) => a.subjectKey),
  text('key', (a) => a.idempotency?.key),
  text('body_hash', (a) => a.idempotency?.bodyHash),
];

const CONTENT = [
  text('door', (a) => a.door),
  text('type', (a) => a.type),
  text('category', (a) => a.category),
  text('description', (a) => a.description),
  text('message', (a) => a.message),
  column('metadata', 'jsonb[]', (a) => a.metadata && storableJson(a.metadata)),
  text('source', (a) => a.source),
  text('execution_id', (a) => a.executionId),
  text('actor_type', (a) => a.actor?.type),
  text('actor_id', (a) => a.actor?.id),
  text('actor_label', (a) => a.actor?.label),
  column('created_by', 'uuid[]', (a) => a.createdBy),
  text('entity_type', (a) => a.entityType),
  text('entity_id', (a) => a.entityId),
  text('brand_id', (a) => a.brandId),
  text('visibility', (a) => a.visibility),
  text('severity', (a) => a.severity),
  text('status', (a) => a.status),
  column('success', 'boolean[]', (a) => a.success?.toString()),
  text('error_code', (a) => a.errorCode),
  text('error_message', (a) => a.errorMessage),
  column('duration_ms', 'integer[]', (a) => a.durationMs?.toString()),
  text('session_id', (a) => a.sessionId),
  text('url', (a) => a.url),
  text('http_method', (a) => a.httpMethod),
  column('http_status', 'integer[]', (a) => a.httpStatus?.toString()),
  text('direction', (a) => a.direction),
  column('call_id', 'uuid[]', (a) => a.callId),
  column('ip', 'inet[]', (a) => a.ip),
  text('user_agent', (a) => a.userAgent),
  text('service_key_id', (a) => a.serviceKey?.id),
  text('service_key_name', (a) => a.serviceKey?.name),
  column('recorded_at', 'timestamptz[]', (a) => a.recordedAt?.toISOString()),
  text('tags', (a) => a.tags && (arrayLiteral(a.tags, String) ?? '{}')),
];

const APPEND_COLUMNS: readonly Column[] = [...IDENTITY, ...CONTENT];
const CHECK_COLUMNS: readonly Column[] = IDENTITY;

const APPEND_SQL = callOf('append_activities', APPEND_COLUMNS);
const CHECK_SQL = callOf('check_activities', CHECK_COLUMNS);

function callOf(name: string, columns: readonly Column[]): string {
  const args = columns.map((column, i) => `p_${column.name} => $${i + 1}::${column.type}`);
  return `SELECT ord, outcome, id, occurred_at FROM ${name}(${args.join(', ')})`;
}
