import { z } from 'zod';
import type { ServiceKeyRef } from '#domain/activity.ts';
import type { Issue } from '#domain/errors.ts';
import {
  QUARANTINE_STATES,
  type QuarantineDetail,
  type QuarantineView,
  REPLAY_STATES,
  type ReplayProgress,
} from '#domain/quarantine.ts';

/** How entries and replays come out of the database. */
export const ENTRY_COLUMNS = `
  id, workspace_id, door, type, source, code, message, issues, received_at, last_received_at, original_occurred_at,
  idempotency_key, repeats, state, retry_count, next_retry_at, last_error, edited_by, edited_at,
  edited_body IS NOT NULL AS is_edited, resolved_activity_id, resolved_by, resolved_at, discard_reason, waits_for, activity_id`;

export const DETAIL_COLUMNS = `${ENTRY_COLUMNS}, woken_at, created_by, service_key_id, service_key_name,
  body::text AS body, edited_body::text AS edited_body`;

const text = z.string();
const maybe = text.nullable();
const instant = z.date().transform((date) => date.toISOString());
const issues: z.ZodType<Issue[]> = z.array(z.object({ path: text, message: text }));

const entryRow = z.object({
  id: text,
  workspace_id: text,
  door: text,
  type: maybe,
  source: maybe,
  code: text,
  message: text,
  issues,
  received_at: instant,
  last_received_at: instant,
  original_occurred_at: instant.nullable(),
  idempotency_key: maybe,
  repeats: z.number(),
  state: z.enum(QUARANTINE_STATES),
  retry_count: z.number(),
  next_retry_at: instant.nullable(),
  last_error: maybe,
  is_edited: z.boolean(),
  edited_by: maybe,
  edited_at: instant.nullable(),
  resolved_activity_id: maybe,
  resolved_by: maybe,
  resolved_at: instant.nullable(),
  discard_reason: maybe,
  waits_for: maybe,
  activity_id: maybe,
});
const detailRow = entryRow.extend({
  woken_at: z.date().nullable(),
  created_by: maybe,
  service_key_id: maybe,
  service_key_name: maybe,
  body: text,
  edited_body: maybe,
});

/** What a replay needs to know of an entry. */
export interface WaitingEntry {
  readonly id: string;
  readonly workspaceId: string;
  readonly door: string;
  /** What is sent: what a person made of it, else as it came. JSON. */
  readonly body: string;
  readonly code: string;
  readonly idempotencyKey: string | null;
  readonly createdBy: string | null;
  readonly serviceKey: ServiceKeyRef | undefined;
  readonly receivedAt: Date;
  readonly editedAt: string | null;
  readonly retryCount: number;
  readonly nextRetryAt: Date | null;
  /** A lead that it names became known, or told from another one, since it was tried. */
  readonly wokenAt: Date | null;
  /** Set for an event that is in the book and whose lead nobody knows. */
  readonly unknownLead: UnknownLead | undefined;
}

export interface UnknownLead {
  /** A subject key, such as airtable:recA. */
  readonly reference: string;
  readonly activityId: string;
}

export function toView(row: unknown): QuarantineView {
  return viewOf(entryRow.parse(row));
}

export function toDetail(row: unknown): QuarantineDetail {
  const parsed = detailRow.parse(row);
  return { ...viewOf(parsed), body: parsed.body, editedBody: parsed.edited_body };
}

export function toWaiting(row: unknown): WaitingEntry {
  const entry = detailRow.parse(row);
  return {
    id: entry.id,
    workspaceId: entry.workspace_id,
    door: entry.door,
    body: entry.edited_body ?? entry.body,
    code: entry.code,
    idempotencyKey: entry.idempotency_key,
    createdBy: entry.created_by,
    serviceKey:
      entry.service_key_id === null ? undefined : { id: entry.service_key_id, name: entry.service_key_name ?? '' },
    receivedAt: new Date(entry.received_at),
    editedAt: entry.edited_at,
    retryCount: entry.retry_count,
    nextRetryAt: entry.next_retry_at === null ? null : new Date(entry.next_retry_at),
    wokenAt: entry.woken_at,
    unknownLead:
      entry.waits_for === null || entry.activity_id === null
        ? undefined
        : { reference: entry.waits_for, activityId: entry.activity_id },
  };
}

function viewOf(row: z.output<typeof entryRow>): QuarantineView {
  return {
    id: row.id,
    door: row.door,
    type: row.type,
    source: row.source,
    code: row.code,
    message: row.message,
    issues: row.issues,
    receivedAt: row.received_at,
    lastReceivedAt: row.last_received_at,
    originalOccurredAt: row.original_occurred_at,
    idempotencyKey: row.idempotency_key,
    repeats: row.repeats,
    state: row.state,
    retryCount: row.retry_count,
    nextRetryAt: row.next_retry_at,
    lastError: row.last_error,
    isEdited: row.is_edited,
    editedBy: row.edited_by,
    editedAt: row.edited_at,
    resolvedActivityId: row.resolved_activity_id,
    resolvedBy: row.resolved_by,
    resolvedAt: row.resolved_at,
    discardReason: row.discard_reason,
    unknownLead: row.waits_for,
    activityId: row.activity_id,
  };
}

export const REPLAY_COLUMNS =
  'id, workspace_id, filter, correction::text AS correction, state, total, succeeded, failed, started_by, started_at, finished_at, last_received_at, last_id';

export const replayRow = z.object({
  id: text,
  workspace_id: text,
  filter: z.unknown(),
  /** A merge patch; JSON. */
  correction: maybe,
  state: z.enum(REPLAY_STATES),
  total: z.number(),
  succeeded: z.number(),
  failed: z.number(),
  started_by: text,
  started_at: instant,
  finished_at: instant.nullable(),
  last_received_at: instant.nullable(),
  last_id: maybe,
});
export type ReplayRow = z.output<typeof replayRow>;

export function toProgress(row: ReplayRow): ReplayProgress {
  const processed = row.succeeded + row.failed;
  return {
    id: row.id,
    state: row.state,
    total: Math.max(row.total, processed),
    processed,
    succeeded: row.succeeded,
    failed: row.failed,
    startedBy: row.started_by,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}
