import { z } from '@hono/zod-openapi';
import { activityQuery } from '../rest/filter-query.ts';
import { errorResponses, type RestApp } from '../rest/route.ts';

const cursor = z.string().max(40).optional();

/** Describes `GET /api/stream` beside the routes that the framework serves. */
export function registerStreamDocs(app: RestApp): void {
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/api/stream',
    summary: 'Follow activities live',
    description:
      'Server-sent events for any EventSource: each new activity that matches is a `message` whose data is its JSON and ' +
      'whose id is the cursor to resume from. A client that connects again sends the last id by itself and misses ' +
      'nothing; `event: resync` says that it was away for too long and has to read the page again. With the scope ' +
      '`timeline:read` a leadId is needed.',
    security: [{ apiKey: [] }, { bearer: [] }, { session: [] }],
    request: {
      query: activityQuery.extend({
        after: cursor.openapi({ description: 'streamCursor of a page: begin after it. Without one, begin now.' }),
        lastEventId: cursor.openapi({ description: 'For clients that cannot send the header Last-Event-ID.' }),
        workspace: z
          .uuid()
          .optional()
          .openapi({ description: 'For clients that cannot send the header x-workspace-id.' }),
      }),
      headers: z.object({ 'last-event-id': cursor }),
    },
    responses: {
      200: { description: 'The stream.', content: { 'text/event-stream': { schema: z.string() } } },
      ...errorResponses('INVALID_INPUT', 'NOT_FOUND', 'UNAVAILABLE'),
    },
  });
}
