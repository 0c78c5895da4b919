import type { RestApp } from '../route.ts';
import { registerEventSchemas } from './event-schemas.ts';

const DESCRIPTION = `The history book of a mini-CRM: log what happens to a lead, read it back, follow it live.

**Who asks.** A service key in \`x-api-key\` (or \`Authorization: Bearer\`), or the session of a signed-in person. A key belongs to one
workspace; the bootstrap key may enter any, and a person those he belongs to: \`x-workspace-id\` says which.

**Errors** have one shape, \`Error\`: \`code\` for programs, \`message\` for people, \`issues\` naming each field. An event that could be read
and is refused (400, 422) is kept in quarantine and can be corrected and replayed.

**Trying again.** Send an \`Idempotency-Key\`: the same key and body again get the first answer. 429 and 503 say when in \`Retry-After\`.

**Dates** are ISO 8601; without a zone they are UTC, but a day alone in a filter is that day in the time zone of the workspace.`;

const TAGS = [
  { name: 'Ingest', description: 'Bring events into the book.' },
  { name: 'Activities', description: 'Read the book: browse, search, timelines.' },
  { name: 'Live', description: 'Follow it as it grows.' },
  { name: 'Leads', description: 'The leads, and what is done to them.' },
  { name: 'Campaigns', description: 'Sequences that leads are enrolled in.' },
  { name: 'Retry queue', description: 'Events that were refused: see why, correct, replay, discard.' },
  { name: 'Import', description: 'Bring in the records of an older system, and compare them with the book.' },
  { name: 'Operations', description: 'Whether everything works.' },
];

const WORKSPACE = {
  name: 'x-workspace-id',
  in: 'header' as const,
  required: false,
  description:
    'The workspace to act in. For a key of a workspace it is that one, and naming another is 404. For the bootstrap key it ' +
    'is the oldest one when not given; for a person the one he chose last, else his first.',
  schema: { type: 'string' as const, format: 'uuid' },
};

/** Everything of the document that no single route says. Call it before the routes are registered. */
export function registerCommon(app: RestApp): void {
  const registry = app.openAPIRegistry;
  registry.registerComponent('securitySchemes', 'apiKey', {
    type: 'apiKey',
    in: 'header',
    name: 'x-api-key',
    description: 'A service key. What it may do is said by its scopes.',
  });
  registry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'The same key, for tools that know only this header.',
  });
  registry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'hb.session_token',
    description:
      'A signed-in person, from a page of Historybook itself. Everything is 403 PASSWORD_CHANGE_REQUIRED to who came in with ' +
      'a one-time password, until he has chosen his own.',
  });
  registry.registerComponent('parameters', 'WorkspaceId', WORKSPACE);
  registerEventSchemas(app);
}

/** The document: the routes as they declare themselves, each with the header that all of them take. */
export function documentOf(app: RestApp) {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Historybook', version: '1', description: DESCRIPTION },
    tags: TAGS,
  });
  for (const operations of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(operations)) {
      if (typeof operation !== 'object' || !('responses' in operation)) continue;
      operation.parameters = [...(operation.parameters ?? []), { $ref: '#/components/parameters/WorkspaceId' }];
    }
  }
  return document;
}
