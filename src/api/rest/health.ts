import { z } from '@hono/zod-openapi';
import { healthReport, incidentView, sourceHealth } from '#domain/health.ts';
import { isDatabaseAway } from '#platform/db/away.ts';
import type { Services } from '../services.ts';
import { defineRoute, errorResponses, type RestApp } from './route.ts';

const answer = z
  .object({
    report: healthReport,
    sources: z.array(sourceHealth).nullable().openapi({
      description: 'Of the workspace of the key; null while the database cannot say.',
    }),
    incidents: z.array(incidentView),
  })
  .openapi('Health');

const INCIDENTS = 30;

const health = defineRoute({
  permission: 'ops:read',
  method: 'get',
  path: '/api/admin/health',
  tags: ['Operations'],
  summary: 'Is logging working now, how does each source fare, and what went wrong',
  description: 'Answers 200 while the database is away too, to keys that are known: look at report.verdict.',
  responses: {
    200: { description: 'How things stand', content: { 'application/json': { schema: answer } } },
    ...errorResponses('UNAVAILABLE'),
  },
});

export function registerHealth(app: RestApp, { health: service }: Services): void {
  app.openapi(health, async (c) => {
    const { workspaceId } = c.var.principal;
    const [report, sources, incidents] = await Promise.all([
      service.report(workspaceId),
      service.sources(workspaceId).catch((error: unknown) => {
        if (isDatabaseAway(error)) return null;
        throw error;
      }),
      service.incidents(INCIDENTS),
    ]);
    return c.json({ report, sources: sources && [...sources], incidents: [...incidents] }, 200);
  });
}
