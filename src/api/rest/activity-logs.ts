import { z } from '@hono/zod-openapi';
import type { ActivityView } from '#domain/activity.ts';
import { type ActivityPage, ORDERS, type PageRequest, SORTS } from '#domain/filter.ts';
import { parseInput } from '#domain/issues.ts';
import type { Services } from '../services.ts';
import { idParam, pathId } from './action.ts';
import { activityLogSchema, toActivityLog } from './activity-shape.ts';
import { activityQuery, pageQuery, readParams, toActivityFilter, toPageRequest } from './filter-query.ts';
import { defineRoute, errorResponses, type RestApp } from './route.ts';

const answer = z
  .object({
    activities: z.array(activityLogSchema),
    pagination: z.object({
      page: z.int(),
      limit: z.int(),
      total: z.int().openapi({ description: 'Exact up to 10,000; then 10,000, and totalIsCapped is true.' }),
      totalPages: z.int(),
      totalIsCapped: z.boolean(),
      nextCursor: z
        .string()
        .nullable()
        .openapi({ description: 'Send it as cursor for the next page; null on the last.' }),
      sort: z.enum(SORTS),
      order: z.enum(ORDERS),
    }),
    streamCursor: z.string().openapi({ description: 'Send it as after to /api/stream to follow from this page on.' }),
  })
  .openapi('ActivityLogPage');

const listQuery = activityQuery.extend(pageQuery.shape);

const listActivityLogs = defineRoute({
  permission: 'activity:read',
  method: 'get',
  path: '/api/admin/activity-logs',
  tags: ['Activities'],
  summary: 'Browse and search all activities',
  description: 'Newest first. Pages up to row 10,000 go by number, any page by cursor.',
  request: { query: listQuery },
  responses: {
    200: { description: 'One page', content: { 'application/json': { schema: answer } } },
    ...errorResponses('INVALID_INPUT', 'UNAVAILABLE'),
  },
});

const getActivityLog = defineRoute({
  permission: 'activity:read',
  method: 'get',
  path: '/api/admin/activity-logs/{id}',
  tags: ['Activities'],
  summary: 'Get the activity that a receipt names',
  description:
    'By the activityId of a receipt. The id in the answer may be another: a repeat that came while the database was away is acknowledged under an id of its own, which leads to the one activity in the book.',
  request: { params: idParam },
  responses: {
    200: { description: 'The activity', content: { 'application/json': { schema: activityLogSchema } } },
    ...errorResponses('NOT_FOUND', 'UNAVAILABLE'),
  },
});

export function registerActivityLogs(app: RestApp, { query }: Pick<Services, 'query'>): void {
  // Lists, blank parameters and days of the workspace's time zone are read by filter-query.ts; the schema is the same.
  app.openAPIRegistry.registerPath(listActivityLogs);
  app.get(listActivityLogs.path, listActivityLogs.middleware, async (c) => {
    const { workspaceId } = c.var.principal;
    const { searchParams } = new URL(c.req.url);
    // All that is wrong is told at once.
    parseInput(listQuery, readParams(searchParams));
    const filter = toActivityFilter(searchParams, await query.timeZone(workspaceId));
    const request = toPageRequest(searchParams);
    return c.json(toAnswer(request, await query.feed(workspaceId, filter, request)));
  });
  app.openAPIRegistry.registerPath(getActivityLog);
  app.get(getActivityLog.getRoutingPath(), getActivityLog.middleware, async (c) =>
    c.json(toActivityLog(await query.find(c.var.principal.workspaceId, pathId(c)))),
  );
}

function toAnswer(request: PageRequest, page: ActivityPage<ActivityView>): z.infer<typeof answer> {
  const { page: number, limit, sort, order } = request;
  const { total, totalIsCapped, nextCursor, streamCursor } = page;
  const totalPages = Math.ceil(total / limit);
  return {
    activities: page.rows.map(toActivityLog),
    pagination: { page: number, limit, total, totalPages, totalIsCapped, nextCursor, sort, order },
    streamCursor,
  };
}
