import { emailKey, phoneKey } from '#domain/lead.ts';
import { ENROLLMENT_STATES } from '#domain/lead-view.ts';
import type { Prisma } from '#platform/db/prisma.ts';
import { runIn, type Tx, takeTurn } from '../transact.ts';
import type { LeadItem } from './item.ts';
import type { EnrollmentDraft, LeadDraft } from './lead-draft.ts';

const LOCK_CANDIDATES = `
  SELECT id FROM leads
   WHERE workspace_id = $1::uuid
     AND (airtable_record_id = ANY ($2::text[]) OR email_key = ANY ($3::text[]) OR phone_key = ANY ($4::text[]))
   ORDER BY id FOR NO KEY UPDATE`;

/**
 * Every lead that one of the items might mean, locked, with its enrolments, by id. One upsert of a workspace at a time:
 * two could make two leads of one new e-mail address.
 */
export async function lockCandidates(
  tx: Tx,
  workspaceId: string,
  items: readonly LeadItem[],
): Promise<Map<string, LeadDraft>> {
  await takeTurn(tx, 'leads upsert', workspaceId);
  const keys = [
    items.flatMap(({ airtableRecordId }) => airtableRecordId ?? []),
    items.flatMap(({ email }) => (email ? emailKey(email) : [])),
    items.flatMap(({ phone }) => (phone ? phoneKey(phone) : [])),
  ];
  const locked = await tx.$queryRawUnsafe<{ id: string }[]>(LOCK_CANDIDATES, workspaceId, ...keys);
  const leads = await tx.lead.findMany({ where: { id: { in: locked.map(({ id }) => id) } }, include: ENROLLMENTS });
  return new Map(leads.map((lead) => [lead.id, toDraft(lead)]));
}

const ENROLLMENTS = {
  enrollments: {
    include: { campaign: { select: { id: true, name: true, key: true, steps: true } } },
    orderBy: [{ enrolledAt: 'desc' }, { id: 'desc' }],
  },
} satisfies Prisma.LeadInclude;

function toDraft(lead: Prisma.LeadGetPayload<{ include: typeof ENROLLMENTS }>): LeadDraft {
  const { id, archivedAt, enrollments, workspaceId, lastActivityAt, createdAt, updatedAt, ...columns } = lead;
  return {
    id,
    columns,
    isNew: false,
    isArchived: archivedAt !== null,
    isDirty: false,
    enrollments: enrollments.map(toEnrollmentDraft),
    keysChangedBy: undefined,
    facts: [],
  };
}

type EnrollmentRow = Prisma.EnrollmentGetPayload<typeof ENROLLMENTS.enrollments>;

function toEnrollmentDraft({ id, campaign, step, state, enrolledAt, endedAt }: EnrollmentRow): EnrollmentDraft {
  const known = ENROLLMENT_STATES.find((name) => name === state) ?? 'removed';
  return { id, campaign, step, state: known, enrolledAt, endedAt, isNew: false, isDirty: false };
}

const UPDATE_LEADS = `
  UPDATE leads l
     SET airtable_record_id = n."airtableRecordId", first_name = n."firstName", last_name = n."lastName",
         email = n.email, email_key = n."emailKey", phone = n.phone, phone_key = n."phoneKey", company = n.company,
         title = n.title, status = n.status, score = n.score, owner_id = n."ownerId", claimed_at = n."claimedAt",
         updated_at = $2::timestamptz
    FROM json_to_recordset($1::json) AS n (
           id uuid, "airtableRecordId" text, "firstName" text, "lastName" text, email text, "emailKey" text, phone text,
           "phoneKey" text, company text, title text, status text, score integer, "ownerId" uuid,
           "claimedAt" timestamptz)
   WHERE l.id = n.id`;

/** Writes what changed of leads and enrolments. */
export async function saveDrafts(tx: Tx, workspaceId: string, drafts: readonly LeadDraft[], now: Date): Promise<void> {
  const created = drafts.filter((draft) => draft.isNew);
  if (created.length > 0) {
    const stamps = { workspaceId, createdAt: now, updatedAt: now };
    await tx.lead.createMany({ data: created.map(({ id, columns }) => ({ id, ...stamps, ...columns })) });
  }
  const updated = drafts.filter((draft) => draft.isDirty && !draft.isNew);
  if (updated.length > 0) {
    const rows = JSON.stringify(updated.map(({ id, columns }) => ({ id, ...columns })));
    await tx.$executeRawUnsafe(UPDATE_LEADS, rows, now);
  }
  await saveEnrollments(tx, drafts);
}

async function saveEnrollments(tx: Tx, drafts: readonly LeadDraft[]): Promise<void> {
  const all = drafts.flatMap(({ id: leadId, enrollments }) =>
    enrollments.map((enrollment) => ({ leadId, ...enrollment })),
  );
  const data = all
    .filter(({ isNew }) => isNew)
    .map(({ id, leadId, campaign, step, state, enrolledAt, endedAt }) => {
      return { id, leadId, campaignId: campaign.id, step, state, enrolledAt, endedAt };
    });
  if (data.length > 0) await tx.enrollment.createMany({ data });
  for (const { id, step, state, endedAt } of all.filter(({ isNew, isDirty }) => isDirty && !isNew)) {
    await tx.enrollment.update({ where: { id }, data: { step, state, endedAt }, select: { id: true } });
  }
}

export interface GainedKey {
  readonly leadId: string;
  readonly subjectKey: string;
  /** Activities that came under this key before. */
  readonly waiting: number;
  /** When the latest of them that counts as contact happened. */
  readonly latest: Date | null;
}

const TAKE_LANE = 'SELECT take_append_lane()::text';

/** The keys that these leads got in this very transaction, and what waits under them: one index range for each key. */
const GAINED_KEYS = `
  SELECT i.lead_id AS "leadId", i.subject_key AS "subjectKey", w.waiting, w.latest
    FROM lead_identity i
    CROSS JOIN LATERAL (
      SELECT count(*)::float8 AS waiting, max(a.occurred_at) FILTER (WHERE a.door = 'lead') AS latest
        FROM activity a
       WHERE a.workspace_id = i.workspace_id AND a.subject_key = i.subject_key
         AND a.recorded_at >= i.from_at AND a.recorded_at < i.to_at) w
   WHERE i.lead_id = ANY ($1::uuid[]) AND i.to_at = 'infinity' AND i.xmin = pg_current_xact_id()::xid
     AND NOT starts_with(i.subject_key, 'lead:')
   ORDER BY i.subject_key`;

/** Takes the append lane first, so that nothing comes in between the count and the commit. */
export async function gainedKeys(tx: Tx, leadIds: readonly string[]): Promise<GainedKey[]> {
  if (leadIds.length === 0) return [];
  const run = runIn(tx);
  await run(TAKE_LANE, []);
  return tx.$queryRawUnsafe<GainedKey[]>(GAINED_KEYS, leadIds);
}

const TOUCH_LEADS = `
  UPDATE leads l SET last_activity_at = greatest(l.last_activity_at, n.latest)
    FROM unnest($1::uuid[], $2::timestamptz[]) AS n (id, latest)
   WHERE l.id = n.id`;

/** lastActivityAt becomes the later of what it was and the latest activity that waited. */
export async function touchLeads(tx: Tx, latest: ReadonlyMap<string, Date>): Promise<void> {
  if (latest.size === 0) return;
  await tx.$executeRawUnsafe(TOUCH_LEADS, [...latest.keys()], [...latest.values()]);
}
