import { z } from '@hono/zod-openapi';
import { campaignInput } from '#domain/lead-input.ts';
import type { Services } from '../services.ts';
import {
  actionReceiptSchema,
  actionResponses,
  bodyOf,
  idempotencyHeader,
  idParam,
  jsonBody,
  keyOf,
  pathId,
} from './action.ts';
import { campaignSchema } from './lead-schemas.ts';
import { EXAMPLE_IDS } from './openapi/example-ids.ts';
import { defineRoute, errorResponses, type RestApp } from './route.ts';

const listCampaigns = defineRoute({
  permission: 'leads:read',
  method: 'get',
  path: '/api/campaigns',
  tags: ['Campaigns'],
  summary: 'List campaigns, archived ones last',
  responses: {
    200: {
      description: 'The campaigns',
      content: { 'application/json': { schema: z.object({ campaigns: z.array(campaignSchema) }) } },
    },
    ...errorResponses(),
  },
});

const newCampaign = campaignInput
  .extend({
    // The pattern knows all letters there are, which patterns in JSON Schema do not spell alike everywhere.
    key: campaignInput.shape.key.openapi({
      pattern: '^[^\\s/]+$',
      description: 'The name other systems call it by: one word of letters, digits, _ . and -',
    }),
  })
  .openapi('NewCampaign');
const NEW_CAMPAIGN = { name: 'Problem Mapping Template', key: 'problem_mapping', steps: 4 };

const campaignReceipt = actionReceiptSchema.extend({ campaign: campaignSchema });

const createCampaign = defineRoute({
  permission: 'leads:write',
  method: 'post',
  path: '/api/campaigns',
  tags: ['Campaigns'],
  summary: 'Create a campaign',
  request: { headers: idempotencyHeader, body: jsonBody(newCampaign, NEW_CAMPAIGN) },
  responses: {
    ...actionResponses,
    200: { description: 'Was created before', content: { 'application/json': { schema: campaignReceipt } } },
    201: { description: 'Created', content: { 'application/json': { schema: campaignReceipt } } },
  },
});

const enrollBody = z.object({ leadId: z.uuid('must be the id of a lead (a UUID)') }).openapi('Enroll');
const enroll = defineRoute({
  permission: 'leads:write',
  method: 'post',
  path: '/api/campaigns/{id}/enroll',
  tags: ['Campaigns'],
  summary: 'Enrol a lead in a campaign',
  description: 'The enrolment and its activity are one transaction. Another workspace’s lead or campaign is 404.',
  request: { params: idParam, headers: idempotencyHeader, body: jsonBody(enrollBody, { leadId: EXAMPLE_IDS.lead }) },
  responses: actionResponses,
});

export function registerCampaigns(app: RestApp, { crm }: Pick<Services, 'crm'>): void {
  for (const route of [listCampaigns, createCampaign, enroll]) app.openAPIRegistry.registerPath(route);

  app.get(listCampaigns.getRoutingPath(), listCampaigns.middleware, async (c) =>
    c.json({ campaigns: await crm.listCampaigns(c.var.principal.workspaceId) }),
  );

  app.post(createCampaign.getRoutingPath(), createCampaign.middleware, async (c) => {
    const input = { idempotencyKey: keyOf(c), ...(await bodyOf(c, campaignInput)) };
    const receipt = await crm.createCampaign(c.var.principal, input);
    return c.json(receipt, receipt.duplicate ? 200 : 201);
  });

  app.post(enroll.getRoutingPath(), enroll.middleware, async (c) => {
    const { leadId } = await bodyOf(c, enrollBody);
    return c.json(await crm.enroll(c.var.principal, { leadId, campaignId: pathId(c), idempotencyKey: keyOf(c) }));
  });
}
