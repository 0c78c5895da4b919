import type { PoolClient } from 'pg';
import type { NewActivity } from '#domain/activity.ts';
import { emailKey, phoneKey } from '#domain/lead.ts';
import { appendActivities } from '#platform/db/append.ts';
import type { DemoLead } from './lead-story.ts';
import type { DemoBook } from './make-book.ts';

/** Activities of one append call. */
const BATCH = 1_000;

/**
 * Writes the whole demo inside the caller's transaction. What came before its lead goes in before the leads are there,
 * so that it is filed under an Airtable id and found through it, as it would be in real life.
 */
export async function storeBook(client: PoolClient, book: DemoBook): Promise<void> {
  for (const [sql, rows] of foundations(book)) await client.query(sql, [JSON.stringify(rows)]);
  await append(client, book.early);
  for (const [sql, rows] of crmRows(book)) await client.query(sql, [JSON.stringify(rows)]);
  await append(client, book.activities);
}

async function append(client: PoolClient, activities: readonly NewActivity[]): Promise<void> {
  for (let at = 0; at < activities.length; at += BATCH) {
    const run = async (text: string, values: readonly unknown[]) =>
      (await client.query({ name: 'append', text, values: [...values] })).rows;
    const outcomes = await appendActivities(run, activities.slice(at, at + BATCH));
    const refused = outcomes.find(({ outcome }) => outcome !== 'stored');
    if (refused) throw new Error(`a demo activity was not stored: ${refused.outcome}`);
  }
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
