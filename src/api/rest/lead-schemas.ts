import { z } from '@hono/zod-openapi';
import { ORDERS } from '#domain/filter.ts';
import { LEAD_SORTS, leadQuery } from '#domain/lead-query.ts';
import { type CampaignView, ENROLLMENT_STATES, type EnrollmentView, type LeadView } from '#domain/lead-view.ts';
import { oneOf, wholeNumber } from './filter-query.ts';

const OWNER = 'must be the id of a person (a UUID) or none';

/** leadQuery as a query string says it. */
export const leadQueryParams = leadQuery.extend({
  search: leadQuery.shape.search.openapi({
    description: 'Words of the name, e-mail, phone number or company; all must occur.',
  }),
  archived: z
    .enum(['0', '1', 'true', 'false'], 'must be 0 or 1')
    .default('0')
    .transform((value) => ['1', 'true'].includes(value)),
  campaignId: z.uuid('must be the id of a campaign (a UUID)').optional(),
  ownerId: z.union([z.uuid(OWNER), z.literal('none')], OWNER).optional(),
  sort: oneOf(LEAD_SORTS).default('lastActivityAt'),
  order: oneOf(ORDERS).default('desc'),
  page: wholeNumber(1, 100_000).default(1),
  limit: wholeNumber(1, 200).default(50),
});

const instant = z.iso.datetime();
const person = z.object({ id: z.uuid(), name: z.string(), email: z.string() }).openapi('Person');

const enrollmentSchema = z
  .object({
    id: z.uuid(),
    campaignId: z.uuid(),
    campaignName: z.string(),
    campaignKey: z.string(),
    step: z.int(),
    steps: z.int().openapi({ description: '0 when nobody said how many.' }),
    state: z.enum(ENROLLMENT_STATES),
    enrolledAt: instant,
    endedAt: instant.nullable(),
  })
  .openapi('Enrollment') satisfies z.ZodType<EnrollmentView>;

export const leadSchema = z
  .object({
    id: z.uuid(),
    airtableRecordId: z.string().nullable(),
    firstName: z.string().nullable(),
    lastName: z.string().nullable(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    company: z.string().nullable(),
    title: z.string().nullable(),
    status: z.string(),
    score: z.int().nullable(),
    owner: person.nullable(),
    claimedAt: instant.nullable(),
    lastActivityAt: instant.nullable(),
    archivedAt: instant.nullable(),
    createdAt: instant,
    updatedAt: instant,
    campaigns: z
      .array(enrollmentSchema)
      .openapi({ description: 'In a list the active ones; of a single lead all, newest first.' }),
  })
  .openapi('Lead') satisfies z.ZodType<LeadView>;

export const leadPageSchema = z.object({
  leads: z.array(leadSchema),
  pagination: z.object({ page: z.int(), limit: z.int(), total: z.int(), totalPages: z.int() }),
});

export const campaignSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    key: z.string(),
    steps: z.int(),
    archivedAt: instant.nullable(),
    createdAt: instant,
    activeLeads: z.int(),
  })
  .openapi('Campaign') satisfies z.ZodType<CampaignView>;
