import { z } from '@hono/zod-openapi';
import { ACTOR_TYPES, type ActivityView, SEVERITIES, VISIBILITIES } from '#domain/activity.ts';
import { DOORS } from '#domain/catalogue/type.ts';
import { activityQuery } from '../rest/filter-query.ts';
import { errorResponses, type RestApp } from '../rest/route.ts';

const cursor = z.string().max(40).optional();
const text = z.string();

/** The data of a live message, in the words of the live stream: an activity as the web application reads it too. */
export const liveActivitySchema = z
  .object({
    id: z.uuid(),
    position: z.int().openapi({ description: 'Its place in the order in which the book took things.' }),
    door: z.enum(DOORS),
    type: text.openapi({ description: 'What REST pages call eventType.' }),
    category: text,
    occurredAt: z.iso.datetime().openapi({ description: 'When it happened; what REST pages call timestamp.' }),
    recordedAt: z.iso.datetime(),
    description: text,
    message: text.nullable().openapi({ description: 'What REST pages call messageContent.' }),
    metadata: z.record(text, z.unknown()).nullable(),
    source: text,
    executionId: text.nullable(),
    lead: z
      .object({ id: z.uuid(), firstName: text.nullable(), lastName: text.nullable(), email: text.nullable() })
      .nullable(),
    leadAirtableId: text.nullable(),
    subjectKey: text
      .nullable()
      .openapi({ description: 'What it is filed under: lead:…, airtable:…, email:…, phone:…' }),
    actor: z.object({ type: z.enum(ACTOR_TYPES), id: text.nullable(), label: text.nullable() }).nullable(),
    createdBy: text.nullable(),
    serviceKey: z.object({ id: text, name: text }).nullable(),
    visibility: z.enum(VISIBILITIES),
    severity: z.enum(SEVERITIES),
    status: text.nullable(),
    tags: z
      .array(text)
      .readonly()
      .openapi({ description: 'imported, import:… and mapping:… on what an import brought.' }),
  })
  .openapi('LiveActivity') satisfies z.ZodType<ActivityView>;

const EXAMPLE = `retry: 330

data: {"id":"0198c2a1-7c00-7000-8000-0000000000ff","position":4711,"door":"lead","type":"INBOUND_REPLY","category":"SMS","occurredAt":"2025-11-07T08:15:05.000Z","recordedAt":"2025-11-07T08:15:05.120Z","description":"Replied: Yes","message":"Yes","metadata":null,"source":"n8n:CmaISo2tBtYRqNs0","executionId":"29102","lead":null,"leadAirtableId":"recABC123","subjectKey":"airtable:recABC123","actor":{"type":"INTEGRATION","id":null,"label":"n8n:CmaISo2tBtYRqNs0"},"createdBy":null,"serviceKey":{"id":"0198c2a1-7c00-7000-8000-0000000000ee","name":"n8n"},"visibility":"INTERNAL","severity":"INFO","status":null,"tags":[]}
id: 1.4711

: ping

event: resync
data: {}
id: 1.9000

`;

/** Describes `GET /api/stream` beside the routes that the framework serves. */
export function registerStreamDocs(app: RestApp): void {
  app.openAPIRegistry.register('LiveActivity', liveActivitySchema);
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/api/stream',
    tags: ['Live'],
    summary: 'Follow activities live',
    description:
      'Server-sent events for any EventSource. Each new activity that matches is an event without a name (a `message`): ' +
      'its `data` is one line of JSON, a LiveActivity, and its `id` the cursor to resume from. A client that connects ' +
      'again sends the last id by itself and misses nothing. An `id:` alone moves the cursor on; `: ping` keeps the ' +
      'connection; `event: resync` (data `{}`) says that what came meanwhile cannot be sent: read the page again, and go on. ' +
      'With the scope `timeline:read` a leadId is needed.',
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
      200: {
        description: 'The stream; the data of each message is a LiveActivity.',
        content: { 'text/event-stream': { schema: z.string(), examples: { stream: { value: EXAMPLE } } } },
      },
      ...errorResponses('INVALID_INPUT', 'NOT_FOUND', 'UNAVAILABLE'),
    },
  });
}
