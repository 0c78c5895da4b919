import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { INGEST_KEY, type IngestApp, startIngestApp } from '#testing/ingest-app.ts';

/**
 * Thousands of bad requests, of every badness that can be thought of, and none of them may be answered with 500 or more,
 * without the one error shape, or with half a write.
 */

const PATHS = ['/api/internal/log-activity', '/api/internal/log-activity/batch', '/api/internal/leads'];
/** Milliseconds: thousands of requests take their time on a busy machine. */
const PATIENCE = 120_000;
const FIELDS = [
  'eventType',
  'eventCategory',
  'leadId',
  'leadAirtableId',
  'leadEmail',
  'leadPhone',
  'description',
  'messageContent',
  'metadata',
  'source',
  'executionId',
  'createdBy',
  'timestamp',
  'idempotencyKey',
  'airtableRecordId',
  'score',
  'leads',
  'events',
];

let app: IngestApp;
beforeAll(async () => {
  app = await startIngestApp();
});
afterAll(async () => {
  const logged = [...app.logged];
  await app.stop();
  expect(logged).toEqual([]);
});

const anyText = fc.string({ unit: 'binary', maxLength: 200 });
const trap = fc.constantFrom<unknown>(
  { length: { valueOf: 0, toString: 0 } },
  { toJSON: 'x', constructor: null, hasOwnProperty: 1 },
  '\0',
  '\ud800',
  '1e999',
  Number.MAX_VALUE,
  -0,
  [],
  [[]],
  [null],
  {},
);
const value = fc.oneof(fc.jsonValue({ maxDepth: 4 }), anyText, trap);
const body = fc.dictionary(fc.oneof(fc.constantFrom(...FIELDS), anyText), value, { maxKeys: 12 });
/** One that is nearly right. */
const nearly = body.map((members) => ({
  eventType: 'MESSAGE_SENT',
  eventCategory: 'SMS',
  leadAirtableId: 'recGARBAGE',
  description: 'd',
  source: 'test:garbage',
  ...members,
}));
const document = fc.oneof(
  fc.oneof(body, nearly, value).map((content) => JSON.stringify(content)),
  fc.array(fc.oneof(body, nearly, value), { maxLength: 5 }).map((events) => JSON.stringify({ events })),
  fc.array(fc.oneof(body, value), { maxLength: 5 }).map((leads) => JSON.stringify({ leads })),
);
/** Cut off, doubled, with rounded numbers or another member of JSON in it. */
const broken = fc
  .tuple(document, fc.nat(), fc.constantFrom('', '}', ',', '12345678901234567890', '1e999', '"', '\\u0000', '\0', '//'))
  .map(([text, at, more]) => `${text.slice(0, at % (text.length + 1))}${more}${text.slice(at % (text.length + 1))}`);
const bytes = fc.uint8Array({ maxLength: 300 });
const type = fc.constantFrom(
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'application/x+json',
  ';',
  '',
);
const key = fc.constantFrom<Record<string, string>>(
  {},
  { 'idempotency-key': 'x'.repeat(300) },
  { 'idempotency-key': ' ' },
);

test(
  '3,000 bad bodies are answered with an error of the table, or with a receipt when they were not so bad',
  async () => {
    const request = fc.tuple(fc.constantFrom(...PATHS), fc.oneof(document, broken, bytes), type, key);
    const statuses = new Map<number, number>();
    const send = async ([path, content, contentType, headers]: readonly [
      string,
      string | Uint8Array,
      string,
      object,
    ]) => {
      const answer = await app.post(path, content, { 'content-type': contentType, ...headers });
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status < 300) return;
      const told = { path, content: String(content).slice(0, 500), httpStatus: answer.status };
      expect(answer.status, JSON.stringify(told)).toBeLessThan(500);
      expect({ ...told, ...answer.body }).toMatchObject({
        ...told,
        code: expect.any(String),
        error: expect.any(String),
      });
      expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.ts:\d|SELECT |INSERT /);
    };
    const requests = fc.sample(request, { numRuns: 3000, seed: 20251107 });
    const lanes = Array.from({ length: 16 }, async () => {
      for (let next = requests.pop(); next; next = requests.pop()) await send(next);
    });
    await Promise.all(lanes);
    expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([]);
    expect(statuses.get(400)).toBeGreaterThan(500);
  },
  PATIENCE,
);

test('bodies that nest 100,000 levels deep are refused', async () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  for (const text of [
    deep,
    `{"metadata":${deep}}`,
    `{"eventType":${deep}}`,
    `{"leads":${deep}}`,
    `{"x":12345678901234567890,"y":${deep}}`,
  ]) {
    for (const path of PATHS) {
      const { status, body } = await app.post(path, text);
      expect(status).toBeLessThan(500);
      // A list of leads is taken as a list, and each of them refused.
      if (status < 400) expect(body).toMatchObject({ success: false, created: 0, updated: 0 });
    }
  }
});

test('queries of any text are answered', async () => {
  const parameters = [
    'page',
    'limit',
    'search',
    'eventType',
    'leadId',
    'dateFrom',
    'dateTo',
    'cursor',
    'sort',
    'order',
  ];
  const query = fc.dictionary(fc.constantFrom(...parameters), anyText, { maxKeys: 4 });
  for (const chosen of fc.sample(query, { numRuns: 300, seed: 7 })) {
    const wellFormed = Object.entries(chosen).map(([name, text]) => [name, text.toWellFormed()]);
    const { status } = await app.get(`/api/admin/activity-logs?${new URLSearchParams(wellFormed)}`);
    expect({ status, chosen }).toMatchObject({ status: expect.toSatisfy((code: number) => code < 500) });
  }
  for (const raw of ['%', '%ff', '%00', 'search=%', 'search=%ed%a0%80', 'page=%00', 'search=%00', 'eventType=%00']) {
    const { status } = await app.get(`/api/admin/activity-logs?${raw}`);
    expect({ status, raw }).toMatchObject({ status: expect.toSatisfy((code: number) => code < 500) });
  }
});

test('what is hardly HTTP is answered by the server, which goes on', async () => {
  const key = `x-api-key: ${INGEST_KEY}\r\ncontent-type: application/json\r\nhost: localhost`;
  const requests = [
    `POST ${PATHS[0]} HTTP/1.1\r\n${key}\r\ncontent-length: -1\r\n\r\n{}`,
    `POST ${PATHS[0]} HTTP/1.1\r\n${key}\r\ncontent-length: 99999999999999999999\r\n\r\n{}`,
    `POST ${PATHS[0]} HTTP/1.1\r\n${key}\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}`,
    `POST ${PATHS[0]} HTTP/1.1\r\n${key}\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`,
    `POST //${PATHS[0]} HTTP/1.1\r\n${key}\r\ncontent-length: 2\r\n\r\n{}`,
    `POST http://[/x HTTP/1.1\r\n${key}\r\ncontent-length: 2\r\n\r\n{}`,
    `POST ${PATHS[0]}?dryRun=%ff HTTP/1.1\r\n${key}\r\ncontent-length: 2\r\n\r\n{}`,
    `PROPFIND ${PATHS[0]} HTTP/1.1\r\n${key}\r\n\r\n`,
    `POST ${PATHS[0]} HTTP/1.1\r\nhost: localhost\r\nx-api-key: \u00ff\u0001\r\n\r\n`,
    `POST ${PATHS[0]} HTTP/1.1\r\nhost: a b\r\nx-api-key: ${INGEST_KEY}\r\ncontent-length: 2\r\n\r\n{}`,
    `POST ${PATHS[0]} HTTP/1.1\r\n${key}\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n{}`,
    `POST ${PATHS[0]} HTTP/9.9\r\n\r\n`,
    '\u0000\u0001\u0002',
  ];
  for (const request of requests) {
    const answer = await exchange(request);
    expect({
      request,
      status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer.replace(CONTINUE, ''))?.[1] ?? 400),
    }).toMatchObject({
      status: expect.toSatisfy((code: number) => code < 500),
    });
  }
  const cutOff = connect(Number(new URL(app.url).port), 'localhost');
  cutOff.end(`POST ${PATHS[0]} HTTP/1.1\r\n${key}\r\ncontent-length: 100\r\n\r\n{"eventType":`);
  await new Promise((resolve) => cutOff.resume().on('close', resolve));
  expect((await app.post(PATHS[0] ?? '', {})).status).toBe(400);
});

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

/** Sends bytes as they are; resolves with what comes back until the answer or the connection ends. */
function exchange(request: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(app.url).port), 'localhost', () => socket.write(request, 'latin1'));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (answer.replace(CONTINUE, '').includes('\r\n\r\n')) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}
