import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { LEAD_TYPES } from '#domain/catalogue/index.ts';
import { recordAliases } from '#platform/db/alias.ts';
import { createPrisma } from '#platform/db/prisma.ts';
import { addPerson, personOf, signIn } from '#testing/access.ts';
import { addAlert } from '#testing/alerts.ts';
import { type IngestApp, startIngestApp } from '#testing/ingest-app.ts';
import { leadEvent } from '#testing/lead-door.ts';
import { EXAMPLE_IDS, EXAMPLE_MEMBER } from './example-ids.ts';

/** Every example of the document is sent as it stands, and what comes back is held against the answer it documents. */
const media = z.object({
  schema: z.record(z.string(), z.unknown()).optional(),
  example: z.unknown().optional(),
  examples: z.record(z.string(), z.object({ value: z.unknown() })).optional(),
});
const content = z.record(z.string(), media).optional();
const operationSchema = z.object({
  summary: z.string(),
  tags: z.array(z.string()).min(1),
  security: z.array(z.record(z.string(), z.unknown())).min(1),
  parameters: z.array(z.union([z.object({ $ref: z.string() }), z.looseObject({ name: z.string(), in: z.string() })])),
  requestBody: z.object({ content: z.record(z.string(), media) }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content })),
});
const documentSchema = z.object({
  openapi: z.literal('3.1.0'),
  tags: z.array(z.object({ name: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.looseObject({ schemas: z.record(z.string(), z.record(z.string(), z.unknown())) }),
});

let app: IngestApp;
let document: z.output<typeof documentSchema>;
let cookies: string;

beforeAll(async () => {
  app = await startIngestApp();
  document = documentSchema.parse((await app.get('/api/openapi.json')).body);
  await makeRecords();
});
afterAll(() => app.stop());

/** The records that the examples speak of, under the ids that they have there. */
async function makeRecords(): Promise<void> {
  const prisma = createPrisma(app.database.pool);
  const { workspaceId } = app;
  const { access, retryQueue } = app.services;
  const person = await addPerson(prisma, workspaceId, 'SUPER_ADMIN');
  const headers = await signIn(access, person);
  cookies = headers.get('cookie') ?? '';
  const admin = await personOf(access, headers);
  await access.members.create(admin, { email: EXAMPLE_MEMBER, name: 'Mara', role: 'PM' });
  await prisma.campaign.create({
    data: { id: EXAMPLE_IDS.campaign, workspaceId, name: 'ChatGPT Use Cases', key: 'chatgpt_use_cases', steps: 5 },
  });
  await prisma.lead.create({ data: { id: EXAMPLE_IDS.lead, workspaceId, email: 'john@example.com' } });
  const { body } = await app.post('/api/internal/log-activity', leadEvent({ eventType: 'CALL_MADE' }));
  await app.database.pool.query('UPDATE quarantine SET id = $1 WHERE id = $2', [
    EXAMPLE_IDS.quarantined,
    body.quarantineId,
  ]);
  await addAlert(app.database.pool, { workspaceId, id: EXAMPLE_IDS.alert });
  // A receipt's id leads to the activity, also where the book has it under another.
  const { body: made } = await app.post('/api/internal/log-activity', leadEvent());
  await recordAliases(app.database.pool, [
    { workspaceId, alias: EXAMPLE_IDS.activity, activityId: made.activityId, occurredAt: new Date() },
  ]);
  const replay = await retryQueue.replayAll(admin, { state: 'waiting', types: ['NOTHING'] });
  await app.database.pool.query('UPDATE quarantine_replay SET id = $1 WHERE id = $2', [EXAMPLE_IDS.replay, replay.id]);
}

/** Whose id a path takes; leads where nothing else is said. */
const IDS = [
  ['/api/campaigns/', EXAMPLE_IDS.campaign],
  ['/api/admin/retry-queue/replays/', EXAMPLE_IDS.replay],
  ['/api/admin/retry-queue/', EXAMPLE_IDS.quarantined],
  ['/api/admin/activity-logs/', EXAMPLE_IDS.activity],
  ['/api/admin/alerts/', EXAMPLE_IDS.alert],
  ['/', EXAMPLE_IDS.lead],
] as const;
const pathOf = (template: string) =>
  template.replace('{id}', IDS.find(([prefix]) => template.startsWith(prefix))?.[1] ?? '');

interface Example {
  readonly method: string;
  readonly template: string;
  readonly name: string;
  readonly query: string;
  readonly body: unknown;
  readonly operation: z.output<typeof operationSchema>;
}

/** A stream that does not end, and files that only a finished import has: they have tests of their own. */
const UNREAD = ['text/event-stream', 'text/csv'];

function examples(): Example[] {
  return Object.entries(document.paths).flatMap(([template, operations]) =>
    Object.entries(operations)
      .filter(([, { responses }]) => !UNREAD.some((type) => responses['200']?.content?.[type]))
      .flatMap(([method, operation]) => {
        const call = { method: method.toUpperCase(), template, operation, query: queryOf(operation) };
        return bodiesOf(operation).map(([name, body]) => ({ ...call, name, body }));
      }),
  );
}

function bodiesOf({ requestBody }: z.output<typeof operationSchema>): [string, unknown][] {
  const json = requestBody?.content['application/json'] ?? requestBody?.content['application/octet-stream'];
  if (!json) return [['', undefined]];
  if (json.examples) return Object.entries(json.examples).map(([name, { value }]) => [name, value]);
  return [['', json.example]];
}

/** All query parameters that have an example, with it. */
function queryOf({ parameters }: z.output<typeof operationSchema>): string {
  const query = new URLSearchParams();
  for (const parameter of parameters) {
    if (!('name' in parameter) || parameter.in !== 'query') continue;
    const example = parameter.example ?? z.looseObject({}).parse(parameter.schema ?? {}).example;
    for (const value of Array.isArray(example) ? example : [example]) {
      if (value !== undefined) query.append(String(parameter.name), String(value));
    }
  }
  return query.size > 0 ? `?${query}` : '';
}

/** The value by a schema of the document, or what is wrong with it. */
function flawsOf(schema: Record<string, unknown>, value: unknown): string | undefined {
  const text = JSON.stringify({ ...schema, $defs: document.components.schemas });
  const parsed = z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/'))).safeParse(value);
  return parsed.success ? undefined : z.prettifyError(parsed.error);
}

async function send({
  method,
  template,
  query,
  body: given,
  operation,
}: Example): Promise<{ status: number; body: unknown }> {
  const [type] = Object.keys(operation.requestBody?.content ?? {});
  const body = type === 'application/json' ? JSON.stringify(given) : given?.toString();
  const answer = await fetch(`${app.url}${pathOf(template)}${query}`, {
    method,
    headers: { cookie: cookies, origin: app.url, ...(type && { 'content-type': type }) },
    ...(body !== undefined && { body }),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json');
  return { status: answer.status, body: isJson ? JSON.parse(text) : text };
}

/** What was done before is undone: only what waits can be discarded, and linked what is about an unknown lead. */
const waitsFor = (reference: string) => `
  UPDATE quarantine SET state = 'waiting', resolved_activity_id = NULL, waits_for = '${reference}',
    activity_id = (SELECT id FROM activity LIMIT 1)`;
const PREPARE: Readonly<Record<string, string>> = {
  '/api/admin/retry-queue/{id}/link-lead': waitsFor('airtable:recLinked'),
  '/api/admin/retry-queue/{id}/create-lead': waitsFor('airtable:recCreated'),
  '/api/admin/retry-queue/{id}/discard': "UPDATE quarantine SET state = 'waiting', resolved_activity_id = NULL",
};

/** What only a service does, sent by a service: claiming for somebody. */
const BY_KEY = ['/api/leads/{id}/claim'];
/** The order in which one leads to the next; the others follow, and what ends things comes last. */
const ORDER = ['/enroll', '/remove-from-campaign', '/{id}/replay', '/link-lead', '/create-lead', '/discard'];
const rank = ({ template }: Example) => ORDER.findIndex((word) => template.endsWith(word));

describe('the OpenAPI document', () => {
  test('has a summary, a tag it explains, a way to prove who asks and the workspace header for every operation', () => {
    const tags = document.tags.map(({ name }) => name);
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const operation of Object.values(operations)) {
        expect(tags, path).toEqual(expect.arrayContaining(operation.tags));
        expect(operation.parameters, path).toContainEqual({ $ref: '#/components/parameters/WorkspaceId' });
      }
    }
  });

  test('has an example for every body', () => {
    const without = examples().filter(({ operation, body }) => operation.requestBody && body === undefined);
    expect(without.map(({ method, template }) => `${method} ${template}`)).toEqual([]);
  });

  test('names each of the 23 types with its category, its metadata and an example', () => {
    const post = document.paths['/api/internal/log-activity']?.post;
    const shown = post?.requestBody?.content['application/json']?.examples ?? {};
    for (const { name, category } of LEAD_TYPES) {
      const schema = document.components.schemas[name];
      expect(schema, name).toMatchObject({
        properties: { eventType: { const: name }, eventCategory: { const: category } },
      });
      expect(flawsOf({ $ref: `#/components/schemas/${name}` }, shown[name]?.value), name).toBeUndefined();
    }
    expect(Object.keys(shown)).toEqual(LEAD_TYPES.map(({ name }) => name));
  });

  test('has only examples that are answered as it says', { timeout: 120_000 }, async () => {
    const sorted = examples().toSorted((a, b) => rank(a) - rank(b));
    for (const example of sorted) {
      const { method, template, name, operation, body, query } = example;
      const what = `${method} ${template}${query} ${name}`;
      const json = operation.requestBody?.content['application/json'];
      if (json?.schema && body !== undefined) expect(flawsOf(json.schema, body), what).toBeUndefined();
      const sql = PREPARE[template];
      if (sql) await app.database.pool.query(sql);
      const answer = BY_KEY.includes(template) ? await app.post(pathOf(template), body) : await send(example);
      expect(answer.status, `${what}: ${JSON.stringify(answer.body).slice(0, 500)}`).toBeLessThan(300);
      const documented = operation.responses[String(answer.status)]?.content;
      expect(documented, `${what} answers ${answer.status}`).toBeDefined();
      const schema = documented?.['application/json']?.schema;
      if (schema) expect(flawsOf(schema, answer.body), `${what}: ${JSON.stringify(answer.body)}`).toBeUndefined();
    }
  });

  test('says what a live message looks like, field by field', async () => {
    const abort = new AbortController();
    const stream = await fetch(`${app.url}/api/stream`, { headers: { cookie: cookies }, signal: abort.signal });
    await app.post('/api/internal/log-activity', leadEvent({ description: 'seen live' }));
    let text = '';
    for await (const chunk of stream.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.includes('seen live') && text.endsWith('\n\n')) break;
    }
    abort.abort();
    const data = /^data: (.*seen live.*)$/m.exec(text)?.[1] ?? '';
    const schema = document.components.schemas.LiveActivity;
    const shown = JSON.parse(data);
    expect(flawsOf(schema ?? {}, shown)).toBeUndefined();
    expect(Object.keys(shown).sort()).toEqual(Object.keys(z.looseObject({}).parse(schema?.properties)).sort());
    const stored = document.paths['/api/stream']?.get?.responses['200']?.content?.['text/event-stream']?.examples;
    const documented = /^data: (\{"id.*)$/m.exec(String(stored?.stream?.value))?.[1] ?? '';
    expect(Object.keys(JSON.parse(documented)).sort()).toEqual(Object.keys(shown).sort());
  });
});
