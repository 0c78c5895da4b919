import type { PoolClient } from 'pg';
import { emailKey, phoneKey } from '#domain/lead.ts';
import type { DemoActivity, DemoLead } from './lead-story.ts';
import type { DemoBook } from './make-book.ts';

/** Activities of one INSERT. */
const BATCH = 1_000;

/**
 * Writes the whole demo inside the caller's transaction. What came before its lead is filed under an Airtable id and
 * found through it, as it would be in real life.
 */
export async function storeBook(client: PoolClient, book: DemoBook): Promise<void> {
  const leadOf = new Map(book.leads.map(({ id, contact }) => [contact.airtableRecordId, id]));
  const known = ({ leadId, leadAirtableId }: DemoActivity) => leadId ?? leadOf.get(leadAirtableId ?? '');
  for (const [sql, rows] of [...foundations(book), ...crmRows(book)]) await client.query(sql, [JSON.stringify(rows)]);
  const rows = [
    ...book.early.map((activity) => ({ activity, leadId: undefined })),
    ...book.activities.map((activity) => ({ activity, leadId: known(activity) })),
  ].sort((a, b) => a.activity.recordedAt.getTime() - b.activity.recordedAt.getTime());
  await append(
    client,
    rows.map(({ activity, leadId }) => activityRow(activity, leadId)),
  );
}

async function append(client: PoolClient, rows: readonly object[]): Promise<void> {
  for (let at = 0; at < rows.length; at += BATCH) {
    await client.query({
      name: 'demo',
      text: INSERT_ACTIVITIES,
      values: [JSON.stringify(rows.slice(at, at + BATCH))],
    });
  }
}

/**
 * The one INSERT besides append_activities(), which always records now: a made-up history was recorded when it
 * happened. One function scan, which keeps the order: seq is drawn in it.
 */
const INSERT_ACTIVITIES = `
  INSERT INTO activity (id, workspace_id, door, type, category, occurred_at, recorded_at, subject_key, subject_ref,
                        lead_airtable_id, description, message, metadata, source, execution_id,
                        actor_type, actor_id, actor_label, created_by)
  SELECT id, "workspaceId", door, type, category, "occurredAt", "recordedAt", "subjectKey", "subjectRef",
         "leadAirtableId", description, message, metadata, source, "executionId",
         actor ->> 'type', actor ->> 'id', actor ->> 'label', "createdBy"
    FROM json_to_recordset($1::json) AS n (
      id uuid, "workspaceId" uuid, door text, type text, category text, "occurredAt" timestamptz,
      "recordedAt" timestamptz, "subjectKey" text, "subjectRef" text, "leadAirtableId" text, description text,
      message text, metadata jsonb, source text, "executionId" text, actor jsonb, "createdBy" uuid)`;

/** What an activity names (`ref`), and what it is filed under: the lead, where that was known by then. */
function activityRow(activity: DemoActivity, leadId: string | undefined) {
  const ref = activity.leadId ? `lead:${activity.leadId}` : `airtable:${activity.leadAirtableId}`;
  return { ...activity, subjectRef: ref, subjectKey: leadId === undefined ? ref : `lead:${leadId}` };
}

type Insert = readonly [sql: string, rows: readonly object[]];

const INSERT_WORKSPACES = `
  INSERT INTO workspace (id, name, slug, time_zone, is_demo)
  SELECT id, name, slug, "timeZone", true
    FROM json_to_recordset($1::json) AS n (id uuid, name text, slug text, "timeZone" text)`;
/** Without a password nobody can sign in as one of them. */
const INSERT_TEAM = `
  INSERT INTO account_user (id, name, email) SELECT id, name, email
    FROM json_to_recordset($1::json) AS n (id uuid, name text, email text)`;
const INSERT_MEMBERSHIPS = `
  INSERT INTO membership (workspace_id, user_id, role) SELECT "workspaceId", id, 'PM'
    FROM json_to_recordset($1::json) AS n (id uuid, "workspaceId" uuid)`;
const INSERT_CAMPAIGNS = `
  INSERT INTO campaigns (id, workspace_id, name, key, steps, created_at, archived_at)
  SELECT id, "workspaceId", name, key, steps, "createdAt", CASE WHEN "isArchived" THEN now() END
    FROM json_to_recordset($1::json) AS n (
      id uuid, "workspaceId" uuid, name text, key text, steps integer, "createdAt" timestamptz, "isArchived" boolean)`;

function foundations({ workspaces, leads }: DemoBook): Insert[] {
  const team = workspaces.flatMap(({ id: workspaceId, team: people }) =>
    people.map((one) => ({ ...one, workspaceId })),
  );
  const createdAt = iso(Math.min(...leads.map((lead) => lead.createdAt)));
  const campaigns = workspaces.flatMap(({ id: workspaceId, campaigns: all }) =>
    all.map((campaign) => ({ ...campaign, workspaceId, createdAt })),
  );
  return [
    [INSERT_WORKSPACES, workspaces],
    [INSERT_TEAM, team],
    [INSERT_MEMBERSHIPS, team],
    [INSERT_CAMPAIGNS, campaigns],
  ];
}

const INSERT_LEADS = `
  INSERT INTO leads (id, workspace_id, airtable_record_id, first_name, last_name, email, email_key, phone, phone_key,
                     company, title, status, score, owner_id, claimed_at, last_activity_at, created_at)
  SELECT id, "workspaceId", "airtableRecordId", "firstName", "lastName", email, "emailKey", phone, "phoneKey",
         company, title, status, score, "ownerId", "claimedAt", "lastActivityAt", "createdAt"
    FROM json_to_recordset($1::json) AS n (
      id uuid, "workspaceId" uuid, "airtableRecordId" text, "firstName" text, "lastName" text, email text,
      "emailKey" text, phone text, "phoneKey" text, company text, title text, status text, score integer,
      "ownerId" uuid, "claimedAt" timestamptz, "lastActivityAt" timestamptz, "createdAt" timestamptz)`;
const INSERT_ENROLLMENTS = `
  INSERT INTO enrollments (id, lead_id, campaign_id, step, state, enrolled_at, ended_at)
  SELECT id, "leadId", "campaignId", step, state, "enrolledAt", "endedAt"
    FROM json_to_recordset($1::json) AS n (
      id uuid, "leadId" uuid, "campaignId" uuid, step integer, state text, "enrolledAt" timestamptz,
      "endedAt" timestamptz)`;
const INSERT_NOTES = `
  INSERT INTO notes (id, lead_id, author_id, body, created_at) SELECT id, "leadId", "authorId", body, "createdAt"
    FROM json_to_recordset($1::json) AS n (
      id uuid, "leadId" uuid, "authorId" uuid, body text, "createdAt" timestamptz)`;

function crmRows({ leads }: DemoBook): Insert[] {
  const enrollments = leads.flatMap(({ id: leadId, state }) =>
    state.enrollments.map(({ campaign, enrolledAt, endedAt, ...enrollment }) => {
      const times = { enrolledAt: iso(enrolledAt), endedAt: endedAt === null ? null : iso(endedAt) };
      return { ...enrollment, ...times, leadId, campaignId: campaign.id };
    }),
  );
  const notes = leads.flatMap(({ id: leadId, state }) =>
    state.notes.map((note) => ({ ...note, leadId, createdAt: iso(note.createdAt) })),
  );
  return [
    [INSERT_LEADS, leads.map(leadRow)],
    [INSERT_ENROLLMENTS, enrollments],
    [INSERT_NOTES, notes],
  ];
}

function leadRow({ id, workspaceId, contact, createdAt, lastActivityAt, state }: DemoLead) {
  const { status, score, ownerId, claimedAt } = state;
  return {
    ...{ id, workspaceId, ...contact, status, score, ownerId },
    emailKey: emailKey(contact.email),
    phoneKey: phoneKey(contact.phone),
    claimedAt: claimedAt === null ? null : iso(claimedAt),
    lastActivityAt: lastActivityAt === null ? null : iso(lastActivityAt),
    createdAt: iso(createdAt),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
