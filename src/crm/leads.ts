import { leadIdOf } from '#domain/lead.ts';
import type { LeadQuery, LeadSort } from '#domain/lead-query.ts';
import { ENROLLMENT_STATES, type EnrollmentView, type LeadView } from '#domain/lead-view.ts';
import { Prisma, type PrismaClient } from '#platform/db/prisma.ts';
import { type LeadTerm, searchTerms } from './lead-search.ts';
import { noSuchLead } from './locked-lead.ts';
import { PERSON } from './people.ts';

export interface LeadPage {
  readonly rows: readonly LeadView[];
  /** Exact: a workspace has thousands of leads, not millions. */
  readonly total: number;
}

/** One page of leads. Which leads and in which order is one SQL statement; Prisma reads what is shown of them. */
export async function listLeads(prisma: PrismaClient, workspaceId: string, query: LeadQuery): Promise<LeadPage> {
  const where = conditions(workspaceId, query);
  const [ids, [counted]] = await Promise.all([
    prisma.$queryRaw<{ id: string }[]>`
      SELECT l.id FROM leads l WHERE ${where}
       ORDER BY ${orderBy(query)} LIMIT ${query.limit} OFFSET ${(query.page - 1) * query.limit}`,
    prisma.$queryRaw<{ total: number }[]>`SELECT count(*)::float8 AS total FROM leads l WHERE ${where}`,
  ]);
  const leads = await prisma.lead.findMany({
    where: { id: { in: ids.map(({ id }) => id) } },
    include: includes({ state: 'active' }),
  });
  const byId = new Map(leads.map((lead) => [lead.id, toLeadView(lead)]));
  return { rows: ids.flatMap(({ id }) => byId.get(id) ?? []), total: counted?.total ?? 0 };
}

/** One lead with all its enrolments. @throws AppError NOT_FOUND, also for another workspace's lead */
export async function leadById(prisma: PrismaClient, workspaceId: string, id: string): Promise<LeadView> {
  const lead = await prisma.lead.findFirst({ where: { id, workspaceId }, include: includes({}) });
  if (!lead) throw noSuchLead();
  return toLeadView(lead);
}

function includes(enrollments: Prisma.EnrollmentWhereInput) {
  return {
    owner: { select: PERSON },
    enrollments: {
      where: enrollments,
      include: { campaign: { select: { name: true, key: true, steps: true } } },
      orderBy: [{ enrolledAt: 'desc' }, { id: 'desc' }],
    },
  } satisfies Prisma.LeadInclude;
}

type LeadRow = Prisma.LeadGetPayload<{ include: ReturnType<typeof includes> }>;

function toLeadView(lead: LeadRow): LeadView {
  const { id, airtableRecordId, firstName, lastName, email, phone, company, title, status, score, owner } = lead;
  return {
    ...{ id, airtableRecordId, firstName, lastName, email, phone, company, title, status, score, owner },
    claimedAt: lead.claimedAt?.toISOString() ?? null,
    lastActivityAt: lead.lastActivityAt?.toISOString() ?? null,
    archivedAt: lead.archivedAt?.toISOString() ?? null,
    createdAt: lead.createdAt.toISOString(),
    updatedAt: lead.updatedAt.toISOString(),
    campaigns: lead.enrollments.map(toEnrollmentView),
  };
}

function toEnrollmentView(enrollment: LeadRow['enrollments'][number]): EnrollmentView {
  const { id, campaignId, campaign, step, state, enrolledAt, endedAt } = enrollment;
  return {
    ...{ id, campaignId, step, steps: campaign.steps, campaignName: campaign.name, campaignKey: campaign.key },
    state: ENROLLMENT_STATES.find((known) => known === state) ?? 'removed',
    enrolledAt: enrolledAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
}

function conditions(workspaceId: string, query: LeadQuery): Prisma.Sql {
  const { status, ownerId, campaignId, archived } = query;
  const all = [
    Prisma.sql`l.workspace_id = ${workspaceId}::uuid`,
    archived ? Prisma.sql`l.archived_at IS NOT NULL` : Prisma.sql`l.archived_at IS NULL`,
    ...searchTerms(query.search ?? '').map(matches),
  ];
  if (status !== undefined) all.push(Prisma.sql`l.status = ${status}`);
  if (ownerId === 'none') all.push(Prisma.sql`l.owner_id IS NULL`);
  else if (ownerId !== undefined) all.push(Prisma.sql`l.owner_id = ${ownerId}::uuid`);
  if (campaignId !== undefined) {
    all.push(Prisma.sql`EXISTS (SELECT 1 FROM enrollments e
      WHERE e.lead_id = l.id AND e.campaign_id = ${campaignId}::uuid AND e.state = 'active')`);
  }
  return Prisma.join(all, ' AND ');
}

/** The expression of leads_search_idx (trigrams), letter by letter. */
const SEARCH_TEXT = Prisma.sql`lead_search_text(l.first_name, l.last_name, l.email, l.phone_key, l.company)`;

function matches({ text, pattern, excluded }: LeadTerm): Prisma.Sql {
  const named = leadIdOf(text);
  const byText = Prisma.sql`${SEARCH_TEXT} LIKE ${pattern}`;
  if (named === undefined) return excluded ? Prisma.sql`NOT ${byText}` : byText;
  const byId =
    'id' in named
      ? Prisma.sql`l.id = ${named.id}::uuid`
      : Prisma.sql`coalesce(l.airtable_record_id = ${named.airtableRecordId}, false)`;
  return excluded ? Prisma.sql`NOT (${byText} OR ${byId})` : Prisma.sql`(${byText} OR ${byId})`;
}

/** The name as it is shown; leads without one come last in either order. */
const NAME = Prisma.sql`nullif(lower(concat_ws(' ', nullif(l.first_name, ''), nullif(l.last_name, ''))), '')`;
const COLUMNS: Readonly<Record<LeadSort, Prisma.Sql>> = {
  name: NAME,
  lastActivityAt: Prisma.sql`l.last_activity_at`,
  score: Prisma.sql`l.score`,
  status: Prisma.sql`l.status`,
  createdAt: Prisma.sql`l.created_at`,
};

function orderBy({ sort, order }: LeadQuery): Prisma.Sql {
  const direction = order === 'asc' ? Prisma.sql`ASC` : Prisma.sql`DESC`;
  return Prisma.sql`${COLUMNS[sort]} ${direction} NULLS LAST, l.id ${direction}`;
}
