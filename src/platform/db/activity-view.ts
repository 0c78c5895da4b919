import type { ActivityView, ActorType, Metadata, Severity, Visibility } from '#domain/activity.ts';
import type { Door } from '#domain/catalogue/type.ts';

/**
 * How an activity is read, everywhere: the feed, search, timelines, exports and the live stream select these columns
 * through these joins, so that what arrives live is what a reload shows.
 *
 *   SELECT ${ACTIVITY_VIEW_COLUMNS} FROM activity a ${ACTIVITY_VIEW_JOINS} WHERE …
 *
 * `i` is the identity that owned the activity's key when the book took it, `l` its lead; both may be missing.
 */
export const ACTIVITY_VIEW_COLUMNS = `
  a.id, a.seq, a.workspace_id, a.door, a.type, a.category, a.occurred_at, a.recorded_at,
  a.description, a.message, a.metadata, a.source, a.execution_id, a.lead_airtable_id, a.subject_key,
  a.actor_type, a.actor_id, a.actor_label, a.created_by, a.service_key_id, a.service_key_name,
  a.visibility, a.severity, a.status, a.tags, a.tags,
  l.id AS lead_id, l.first_name AS lead_first_name, l.last_name AS lead_last_name, l.email AS lead_email`;

/** Joins each activity of alias `a` to at most one lead: an identity's spans of time never overlap. */
export const ACTIVITY_VIEW_JOINS = `
  LEFT JOIN lead_identity i ON i.workspace_id = a.workspace_id AND i.subject_key = a.subject_key
   AND a.recorded_at >= i.from_at AND a.recorded_at < i.to_at
  LEFT JOIN leads l ON l.id = i.lead_id AND l.workspace_id = a.workspace_id`;

/** A row of ACTIVITY_VIEW_COLUMNS as `pg` returns it with the types of column-types.ts. */
export interface ActivityViewRow {
  readonly id: string;
  readonly seq: number;
  readonly workspace_id: string;
  readonly door: Door;
  readonly type: string;
  readonly category: string;
  readonly occurred_at: Date;
  readonly recorded_at: Date;
  readonly description: string;
  readonly message: string | null;
  readonly metadata: Metadata | null;
  readonly source: string;
  readonly execution_id: string | null;
  readonly lead_airtable_id: string | null;
  readonly subject_key: string | null;
  readonly actor_type: ActorType | null;
  readonly actor_id: string | null;
  readonly actor_label: string | null;
  readonly created_by: string | null;
  readonly service_key_id: string | null;
  readonly service_key_name: string | null;
  readonly visibility: Visibility;
  readonly severity: Severity;
  readonly status: string | null;
  readonly tags: readonly string[] | null;
  readonly lead_id: string | null;
  readonly lead_first_name: string | null;
  readonly lead_last_name: string | null;
  readonly lead_email: string | null;
}

/** The activity as readers see it. */
export function toActivityView(row: ActivityViewRow): ActivityView {
  return {
    id: row.id,
    position: row.seq,
    door: row.door,
    type: row.type,
    category: row.category,
    occurredAt: row.occurred_at.toISOString(),
    recordedAt: row.recorded_at.toISOString(),
    description: row.description,
    message: row.message,
    metadata: row.metadata,
    source: row.source,
    executionId: row.execution_id,
    lead: row.lead_id === null ? null : toLead(row, row.lead_id),
    leadAirtableId: row.lead_airtable_id,
    subjectKey: row.subject_key,
    actor: row.actor_type === null ? null : { type: row.actor_type, id: row.actor_id, label: row.actor_label },
    createdBy: row.created_by,
    serviceKey: row.service_key_id === null ? null : { id: row.service_key_id, name: row.service_key_name ?? '' },
    visibility: row.visibility,
    severity: row.severity,
    status: row.status,
    tags: row.tags ?? [],
  };
}

function toLead(row: ActivityViewRow, id: string): ActivityView['lead'] {
  return { id, firstName: row.lead_first_name, lastName: row.lead_last_name, email: row.lead_email };
}
