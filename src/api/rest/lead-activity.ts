import { z } from '@hono/zod-openapi';
import { parseInput } from '#domain/issues.ts';
import type { Services } from '../services.ts';
import { idParam, pathId } from './action.ts';
import { timelineEntrySchema, toTimelineEntry } from './activity-shape.ts';
import { activityQuery, pageQuery, readParams, wholeNumber } from './filter-query.ts';
import { defineRoute, errorResponses, type RestApp } from './route.ts';

const timelineQuery = activityQuery
  .pick({ search: true, eventType: true, eventCategory: true })
  .extend({ cursor: pageQuery.shape.cursor, limit: wholeNumber(1, 200).default(100) });

const answer = z
  .object({
    timeline: z.array(timelineEntrySchema),
    nextCursor: z
      .string()
      .nullable()
      .openapi({ description: 'Send it as cursor for the next page; null on the last.' }),
    streamCursor: z.string().openapi({ description: 'Send it as after to /api/stream to follow from here on.' }),
  })
  .openapi('Timeline');

const leadActivity = defineRoute({
  permission: 'timeline:read',
  method: 'get',
  path: '/api/leads/{id}/activity',
  tags: ['Leads', 'Activities'],
  summary: 'What happened to a lead, newest first',
  description: 'Also what came before the lead was known. Another workspace’s lead is 404.',
  request: { params: idParam, query: timelineQuery },
  responses: {
    200: { description: 'One page of the timeline', content: { 'application/json': { schema: answer } } },
    ...errorResponses('INVALID_INPUT', 'NOT_FOUND', 'UNAVAILABLE'),
  },
});

export function registerLeadActivity(app: RestApp, { query }: Pick<Services, 'query'>): void {
  app.openAPIRegistry.registerPath(leadActivity);
  app.get(leadActivity.getRoutingPath(), leadActivity.middleware, async (c) => {
    const params = parseInput(timelineQuery, readParams(new URL(c.req.url).searchParams));
    const { rows, nextCursor, streamCursor } = await query.timeline(c.var.principal.workspaceId, {
      leadId: pathId(c),
      types: params.eventType,
      categories: params.eventCategory,
      search: params.search,
      limit: params.limit,
      cursor: params.cursor,
    });
    const body: z.infer<typeof answer> = { timeline: rows.map(toTimelineEntry), nextCursor, streamCursor };
    return c.json(body);
  });
}
