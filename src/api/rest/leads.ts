import { z } from '@hono/zod-openapi';
import { AppError } from '#domain/errors.ts';
import { parseInput } from '#domain/issues.ts';
import { leadStatusInput, noteBody } from '#domain/lead-input.ts';
import type { Services } from '../services.ts';
import {
  actionResponses,
  bodyOf,
  idempotencyHeader,
  idParam,
  jsonBody,
  keyOf,
  optionalBodyOf,
  pathId,
} from './action.ts';
import { leadPageSchema, leadQueryParams, leadSchema } from './lead-schemas.ts';
import { registerLeadUpsert } from './lead-upsert.ts';
import { EXAMPLE_IDS, EXAMPLE_MEMBER } from './openapi/example-ids.ts';
import { defineRoute, errorResponses, type RestApp } from './route.ts';

const listLeads = defineRoute({
  permission: 'leads:read',
  method: 'get',
  path: '/api/leads',
  tags: ['Leads'],
  summary: 'List leads',
  request: { query: leadQueryParams },
  responses: {
    200: { description: 'One page of leads', content: { 'application/json': { schema: leadPageSchema } } },
    ...errorResponses('INVALID_INPUT'),
  },
});

const getLead = defineRoute({
  permission: 'leads:read',
  method: 'get',
  path: '/api/leads/{id}',
  tags: ['Leads'],
  summary: 'Read one lead, with all its enrolments',
  request: { params: idParam },
  responses: {
    200: { description: 'The lead', content: { 'application/json': { schema: z.object({ lead: leadSchema }) } } },
    ...errorResponses('NOT_FOUND'),
  },
});

const removeBody = z
  .object({
    campaignId: z
      .uuid('must be the id of a campaign (a UUID)')
      .optional()
      .openapi({ description: 'Needed when the lead is in several campaigns.' }),
  })
  .openapi('RemoveFromCampaign');
const statusBody = z.object({ status: leadStatusInput }).openapi('ChangeStatus');
const noteRequest = z.object({ body: noteBody }).openapi('AddNote');
const claimBody = z
  .object({
    email: z.email().optional().openapi({
      description: 'For a service key: the member who claims the lead. A signed-in person claims for himself.',
    }),
  })
  .openapi('ClaimLead');

/** The routes of the actions, which differ in their last word and their body. */
function actionRoute<S extends z.ZodType>(
  method: 'post' | 'patch',
  word: string,
  summary: string,
  body: S,
  example: z.input<S>,
  isRequired: boolean,
) {
  return defineRoute({
    permission: 'leads:write',
    method,
    path: `/api/leads/{id}/${word}`,
    tags: ['Leads'],
    summary,
    description: 'The change and its activity are one transaction. Another workspace’s lead is 404.',
    request: { params: idParam, headers: idempotencyHeader, body: jsonBody(body, example, isRequired) },
    responses: actionResponses,
  });
}

const REMOVE = { campaignId: EXAMPLE_IDS.campaign };
const remove = actionRoute('post', 'remove-from-campaign', 'Take a lead out of a campaign', removeBody, REMOVE, false);
const postStatus = actionRoute(
  'post',
  'status',
  'Change the status of a lead',
  statusBody,
  { status: 'Qualified' },
  true,
);
const patchStatus = actionRoute(
  'patch',
  'status',
  'Change the status of a lead',
  statusBody,
  { status: 'Booked' },
  true,
);
const addNote = actionRoute(
  'post',
  'notes',
  'Add a note to a lead',
  noteRequest,
  { body: 'Prefers calls in the morning.' },
  true,
);
const claim = actionRoute(
  'post',
  'claim',
  'Claim a lead that nobody owns',
  claimBody,
  { email: EXAMPLE_MEMBER },
  false,
);

export function registerLeads(app: RestApp, services: Pick<Services, 'crm'>): void {
  const { crm } = services;
  for (const route of [listLeads, getLead, remove, postStatus, patchStatus, addNote, claim]) {
    app.openAPIRegistry.registerPath(route);
  }

  app.get(listLeads.getRoutingPath(), listLeads.middleware, async (c) => {
    const query = parseInput(leadQueryParams, c.req.query());
    const { rows, total } = await crm.listLeads(c.var.principal.workspaceId, query);
    const { page, limit } = query;
    return c.json({ leads: rows, pagination: { page, limit, total, totalPages: Math.ceil(total / limit) } });
  });

  app.get(getLead.getRoutingPath(), getLead.middleware, async (c) =>
    c.json({ lead: await crm.leadById(c.var.principal.workspaceId, pathId(c)) }),
  );

  app.post(remove.getRoutingPath(), remove.middleware, async (c) => {
    const input = { leadId: pathId(c), idempotencyKey: keyOf(c), ...(await optionalBodyOf(c, removeBody)) };
    return c.json(await crm.removeFromCampaign(c.var.principal, input));
  });

  for (const { method } of [postStatus, patchStatus]) {
    app.on(method, postStatus.getRoutingPath(), postStatus.middleware, async (c) => {
      const input = { leadId: pathId(c), idempotencyKey: keyOf(c), ...(await bodyOf(c, statusBody)) };
      return c.json(await crm.changeStatus(c.var.principal, input));
    });
  }

  app.post(addNote.getRoutingPath(), addNote.middleware, async (c) => {
    const input = { leadId: pathId(c), idempotencyKey: keyOf(c), ...(await bodyOf(c, noteRequest)) };
    return c.json(await crm.addNote(c.var.principal, input));
  });

  app.post(claim.getRoutingPath(), claim.middleware, async (c) => {
    const { email } = await optionalBodyOf(c, claimBody);
    if (c.var.principal.kind === 'user' && email !== undefined) {
      const message = 'is for service keys; you claim for yourself';
      throw new AppError('INVALID_INPUT', { issues: [{ path: 'email', message }] });
    }
    return c.json(await crm.claimLead(c.var.principal, { leadId: pathId(c), idempotencyKey: keyOf(c), email }));
  });

  registerLeadUpsert(app, services);
}
