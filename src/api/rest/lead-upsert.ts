import { z } from '@hono/zod-openapi';
import { leadItem, MAX_ITEMS, type UpsertResult } from '#crm/index.ts';
import { AppError } from '#domain/errors.ts';
import { parseInput } from '#domain/issues.ts';
import { storableText } from '#domain/text.ts';
import type { Services } from '../services.ts';
import { idempotencyHeader, keyOf } from './action.ts';
import { readJson } from './body.ts';
import { EXAMPLE_MEMBER } from './openapi/example-ids.ts';
import { defineRoute, errorResponses, type RestApp } from './route.ts';

/** Room for a thousand leads with every field filled. */
const MAX_BYTES = 4 * 1024 * 1024;

const source = storableText(100).min(1).optional().openapi({
  description: 'Who brings the leads, as their activities name it; sync:airtable when not given.',
});
const item = leadItem.openapi('LeadUpsert', {
  description:
    'A missing key leaves the value as it is, null clears it. Unknown keys are ignored and named in the answer.',
});
const many = z.object({ leads: z.array(item).max(MAX_ITEMS), source }).openapi('LeadsUpsert');

const resultSchema = z
  .object({
    index: z.int(),
    status: z.enum(['created', 'updated', 'unchanged', 'rejected']),
    leadId: z.uuid().nullable(),
    issues: z.array(z.object({ path: z.string(), message: z.string() })),
    ignored: z.array(z.string()),
    duplicate: z.boolean(),
  })
  .openapi('LeadUpsertResult') satisfies z.ZodType<UpsertResult>;

const oneAnswer = resultSchema.extend({ success: z.literal(true) });
const manyAnswer = z.object({
  success: z.boolean().openapi({ description: 'True when no lead was rejected.' }),
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  rejected: z.int(),
  results: z.array(resultSchema),
});

const SARAH = {
  airtableRecordId: 'recABC123',
  firstName: 'Sarah',
  lastName: 'Lee',
  email: 'sarah.lee@example.com',
  phone: '+1 (408) 555-1234',
  company: 'Rebel Inc',
  title: 'Head of Operations',
  status: 'Contacted',
  score: 75,
  campaign: 'chatgpt_use_cases',
  campaignStep: 1,
  owner: EXAMPLE_MEMBER,
};
const UPSERT_EXAMPLES = {
  one: { summary: 'One lead', value: { ...SARAH, source: 'sync:airtable' } },
  several: {
    summary: 'Several leads, of which one clears a field',
    value: { leads: [SARAH, { airtableRecordId: 'recDEF456', email: 'john@example.com', title: null }] },
  },
  list: { summary: 'A bare list', value: [{ airtableRecordId: 'recDEF456', score: 40 }] },
};

const upsert = defineRoute({
  permission: 'leads:write',
  method: 'post',
  path: '/api/internal/leads',
  tags: ['Leads'],
  summary: 'Create or update leads: one, or up to 1,000',
  description:
    'Each lead is judged alone. It is matched by airtableRecordId, else by e-mail, else by phone number. What changes is ' +
    'told to the book in the same transaction. Events that came before a lead under its keys join its history.',
  request: {
    headers: idempotencyHeader,
    body: {
      content: {
        'application/json': {
          schema: z.union([item.and(z.object({ source })), z.array(item), many]),
          examples: UPSERT_EXAMPLES,
        },
      },
      required: true,
    },
  },
  responses: {
    200: {
      description: 'Taken; for one lead its result, for several a result for each, in order',
      content: { 'application/json': { schema: z.union([oneAnswer, manyAnswer]) } },
    },
    201: { description: 'The one lead was created', content: { 'application/json': { schema: oneAnswer } } },
    207: { description: 'Some were rejected', content: { 'application/json': { schema: manyAnswer } } },
    ...errorResponses(
      'INVALID_JSON',
      'INVALID_INPUT',
      'IDEMPOTENCY_CONFLICT',
      'TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'UNAVAILABLE',
    ),
  },
});

export function registerLeadUpsert(app: RestApp, { crm }: Pick<Services, 'crm'>): void {
  app.openAPIRegistry.registerPath(upsert);
  app.post(upsert.getRoutingPath(), upsert.middleware, async (c) => {
    const request = readRequest(await readJson(c, MAX_BYTES));
    const results = await crm.upsertLeads(c.var.principal, { ...request, idempotencyKey: keyOf(c) });
    const [only] = results;
    if (request.isOne && only) {
      if (only.status === 'rejected') throw new AppError('INVALID_INPUT', { issues: only.issues });
      return c.json({ success: true, ...only }, only.status === 'created' && !only.duplicate ? 201 : 200);
    }
    const count = (status: UpsertResult['status']) => results.filter((result) => result.status === status).length;
    const rejected = count('rejected');
    return c.json(
      {
        success: rejected === 0,
        created: count('created'),
        updated: count('updated'),
        unchanged: count('unchanged'),
        rejected,
        results,
      },
      rejected === 0 ? 200 : 207,
    );
  });
}

const envelope = z.object({ leads: z.array(z.unknown()), source });
const single = z.looseObject({ source });

/** The three forms of a body; the items themselves are judged one by one, later. @throws AppError INVALID_INPUT */
function readRequest(body: unknown): { items: readonly unknown[]; source?: string | undefined; isOne: boolean } {
  if (Array.isArray(body)) return { items: body, isOne: false };
  const isMany = typeof body === 'object' && body !== null && 'leads' in body;
  if (!isMany) return { items: [body], source: parseInput(single, body).source, isOne: true };
  const { leads, source } = parseInput(envelope, body);
  return { items: leads, source, isOne: false };
}
