import { z } from '@hono/zod-openapi';
import { ALERT_KINDS, ALERT_STATES, type AlertView, alertFact, SEVERITIES } from '#domain/alert.ts';
import { parseInput } from '#domain/issues.ts';
import type { Services } from '../services.ts';
import { idParam, pathId } from './action.ts';
import { oneOf, wholeNumber } from './filter-query.ts';
import { defineRoute, errorResponses, type RestApp } from './route.ts';

const PATH = '/api/admin/alerts';
const tags = ['Operations'];
const instant = z.iso.datetime();

const alertSchema = z
  .object({
    id: z.uuid(),
    ruleId: z.uuid().nullable(),
    kind: z.enum(ALERT_KINDS),
    subject: z.string().openapi({ description: 'What it is about: a source, a server, a channel, an account.' }),
    severity: z.enum(SEVERITIES),
    state: z.enum(ALERT_STATES),
    title: z.string(),
    summary: z.string(),
    facts: z.array(alertFact).openapi({ description: 'What was seen, and what was expected.' }),
    path: z.string().nullable().openapi({ description: 'The page to look at.' }),
    openedAt: instant,
    lastSeenAt: instant,
    resolvedAt: instant.nullable(),
    notifiedAt: instant.nullable().openapi({ description: 'When its channels were told last.' }),
    acknowledgedAt: instant.nullable(),
    acknowledgedBy: z.string().nullable(),
    mutedUntil: instant.nullable(),
  })
  .openapi('Alert') satisfies z.ZodType<AlertView>;

const listQuery = z.object({
  state: oneOf(ALERT_STATES).default('open'),
  kind: oneOf(ALERT_KINDS).optional(),
  limit: wholeNumber(1, 200).default(50),
  cursor: z.string().max(2_000).optional().openapi({ description: 'nextCursor of the page before.' }),
});
const listAnswer = z.object({ alerts: z.array(alertSchema), nextCursor: z.string().nullable() });

const list = defineRoute({
  permission: 'ops:read',
  method: 'get',
  path: PATH,
  tags,
  summary: 'List alerts, newest first',
  request: { query: listQuery },
  responses: {
    200: { description: 'One page', content: { 'application/json': { schema: listAnswer } } },
    ...errorResponses('INVALID_INPUT', 'UNAVAILABLE'),
  },
});

const get = defineRoute({
  permission: 'ops:read',
  method: 'get',
  path: `${PATH}/{id}`,
  tags,
  summary: 'One alert',
  request: { params: idParam },
  responses: {
    200: { description: 'The alert', content: { 'application/json': { schema: alertSchema } } },
    ...errorResponses('NOT_FOUND', 'UNAVAILABLE'),
  },
});

const acknowledge = defineRoute({
  permission: 'alerts:manage',
  method: 'post',
  path: `${PATH}/{id}/acknowledge`,
  tags,
  summary: 'Say that somebody sees to it',
  description: 'Ends its reminders. It stays open until what it is about is over.',
  request: { params: idParam },
  responses: {
    200: { description: 'The alert', content: { 'application/json': { schema: alertSchema } } },
    ...errorResponses('NOT_FOUND', 'CONFLICT', 'UNAVAILABLE'),
  },
});

export function registerAlerts(app: RestApp, { alerts }: Pick<Services, 'alerts'>): void {
  for (const route of [list, get, acknowledge]) app.openAPIRegistry.registerPath(route);

  app.get(list.getRoutingPath(), list.middleware, async (c) => {
    const page = parseInput(listQuery, c.req.query());
    const { rows, nextCursor } = await alerts.list(c.var.principal.workspaceId, page);
    return c.json({ alerts: rows, nextCursor });
  });
  app.get(get.getRoutingPath(), get.middleware, async (c) =>
    c.json(await alerts.get(c.var.principal.workspaceId, pathId(c))),
  );
  app.post(acknowledge.getRoutingPath(), acknowledge.middleware, async (c) =>
    c.json(await alerts.acknowledge(c.var.principal, pathId(c))),
  );
}
