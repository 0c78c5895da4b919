import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uuidv7 } from '#domain/ids.ts';
import { createPrisma } from '#platform/db/prisma.ts';
import { addPerson, personOf, signIn } from '#testing/access.ts';
import { INGEST_KEY, type IngestApp, startIngestApp } from '#testing/ingest-app.ts';

const LOG = '/api/internal/log-activity';
const BATCH = `${LOG}/batch`;
const LEADS = '/api/internal/leads';

let app: IngestApp;
/** What the browser of an admin sends. */
let cookies: Headers;
beforeAll(async () => {
  app = await startIngestApp();
  const admin = await addPerson(createPrisma(app.database.pool), app.workspaceId, 'ADMIN');
  cookies = await signIn(app.services.access, admin);
});
afterAll(async () => {
  const logged = [...app.logged];
  await app.stop();
  expect(logged).toEqual([]);
});

let made = 0;
/** A body that was not sent before. */
function event(values: Record<string, unknown> = {}) {
  made += 1;
  return {
    eventType: 'MESSAGE_SENT',
    eventCategory: 'SMS',
    leadAirtableId: 'recSTATUS',
    description: `SMS no ${made}`,
    source: 'test:status',
    ...values,
  };
}

async function makeLead(lead: Record<string, unknown>): Promise<string> {
  const { status, body } = await app.post(LEADS, lead);
  expect(status).toBeLessThan(300);
  return body.leadId;
}

async function rowOf(id: string): Promise<Record<string, unknown>> {
  const { rows } = await app.database.pool.query('SELECT * FROM lead_activity_log WHERE id = $1', [id]);
  expect(rows).toHaveLength(1);
  return rows[0];
}

/** The one shape of an error answer. */
const errorOf = (code: string, paths: readonly string[]) => ({
  error: expect.any(String),
  code,
  message: expect.any(String),
  issues: paths.map((path) => ({ path, message: expect.any(String) })),
  requestId: expect.stringMatching(/./),
});

describe('taken', () => {
  test('201 with a receipt, once it is in the book', async () => {
    const { status, body, headers } = await app.post(LOG, event({ timestamp: '2025-11-07T08:15:05Z' }));
    expect(status).toBe(201);
    expect(body).toEqual({
      success: true,
      status: 'stored',
      activityId: expect.any(String),
      timestamp: '2025-11-07T08:15:05.000Z',
    });
    expect(headers.get('content-type')).toContain('application/json');
    expect(await rowOf(body.activityId)).toMatchObject({ client_id: app.workspaceId, source: 'test:status' });
  });

  test('200 with the first receipt for the same key and body, from the header or the body', async () => {
    const body = event();
    const first = await app.post(LOG, body, { 'idempotency-key': 'http-1' });
    expect(first.status).toBe(201);
    const again = await app.post(LOG, { ...body, idempotencyKey: 'http-1' });
    expect(again).toMatchObject({ status: 200, body: { ...first.body, status: 'duplicate' } });
  });

  test('200 for an identical body of the same execution, as a workflow tool sends it again', async () => {
    const body = event({ executionId: '28973', timestamp: new Date().toISOString() });
    const [first, ...more] = await Promise.all([app.post(LOG, body), app.post(LOG, body), app.post(LOG, body)]);
    const statuses = [first, ...more].map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 200, 201]);
    expect(new Set([first, ...more].map((answer) => answer.body.activityId)).size).toBe(1);
    const without = event();
    const ids = [(await app.post(LOG, without)).body.activityId, (await app.post(LOG, without)).body.activityId];
    expect(ids[0]).not.toBe(ids[1]);
  });

  test('by a key as Bearer too', async () => {
    const answer = await fetch(`${app.url}${LOG}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${INGEST_KEY}` },
      body: JSON.stringify(event()),
    });
    expect(answer.status).toBe(201);
  });
});

describe('a batch', () => {
  test('207 with a result for each event in order; a bad one costs no good one', async () => {
    const keyed = event({ idempotencyKey: 'batch-1' });
    const events = [
      event(),
      { ...event(), eventType: 'NO_SUCH_TYPE' },
      keyed,
      keyed,
      { ...keyed, description: 'other' },
      'no event',
      event({ leadId: uuidv7(0) }),
      event({ metadata: { n: 1 } }),
    ];
    const { status, body } = await app.post(BATCH, { events });
    expect(status).toBe(207);
    expect(body).toMatchObject({ success: false, dryRun: false, stored: 3, duplicates: 1, refused: 4 });
    expect(body.results.map(({ httpStatus }: { httpStatus: number }) => httpStatus)).toEqual([
      201, 422, 201, 200, 409, 400, 422, 201,
    ]);
    expect(body.results[1]).toMatchObject({ success: false, ...errorOf('UNKNOWN_TYPE', ['eventType']) });
    expect(body.results[3].activityId).toBe(body.results[2].activityId);
    expect(await rowOf(body.results[7].activityId)).toMatchObject({ metadata: { n: 1 } });
  });

  test('of 1,000 is stored, in order; of none too', async () => {
    const events = Array.from({ length: 1000 }, () => event({ leadAirtableId: 'recMANY' }));
    const { body } = await app.post(BATCH, { events });
    expect(body).toMatchObject({ success: true, stored: 1000 });
    const { rows } = await app.database.pool.query(
      "SELECT description FROM activity WHERE lead_airtable_id = 'recMANY' ORDER BY seq",
    );
    expect(rows.map(({ description }) => description)).toEqual(events.map(({ description }) => description));
    expect(await app.post(BATCH, { events: [] })).toMatchObject({ status: 207, body: { success: true, results: [] } });
  });

  test('judged with dryRun answers the same and stores nothing', async () => {
    const events = [event(), event({ eventCategory: 'BOOKING' }), event({ idempotencyKey: 'http-1' })];
    const before = await countAll();
    const { status, body } = await app.post(`${BATCH}?dryRun=1`, { events });
    expect(status).toBe(207);
    expect(body).toMatchObject({ dryRun: true, stored: 1, duplicates: 0, refused: 2 });
    expect(body.results.map(({ code }: { code?: string }) => code)).toEqual([
      undefined,
      'CATEGORY_MISMATCH',
      'IDEMPOTENCY_CONFLICT',
    ]);
    expect(await countAll()).toBe(before);
  });

  test('sent again under one key is stored once, each event in its place', async () => {
    const events = [event(), event(), event({ idempotencyKey: 'own-in-batch' })];
    const first = await app.post(BATCH, { events }, { 'idempotency-key': 'whole-batch' });
    const again = await app.post(BATCH, { events }, { 'idempotency-key': 'whole-batch' });
    expect(first.body).toMatchObject({ stored: 3, duplicates: 0 });
    expect(again.body).toMatchObject({ stored: 0, duplicates: 3 });
    const ids = ({ body }: typeof first) => body.results.map(({ activityId }: { activityId: string }) => activityId);
    expect(ids(again)).toEqual(ids(first));
  });

  test('asked for in words that are none is refused: what should be a dry run is never stored', async () => {
    const before = await countAll();
    for (const query of ['dryRun=maybe', 'dryrun=1', 'dryRun=yes']) {
      expect(await app.post(`${BATCH}?${query}`, { events: [event()] })).toMatchObject({ status: 400 });
    }
    expect(await countAll()).toBe(before);
  });

  test('that is none: 400, or 413 when there are too many', async () => {
    for (const body of [[], {}, { events: {} }, { events: null }, 1, null]) {
      expect(await app.post(BATCH, body)).toMatchObject({ status: 400, body: errorOf('INVALID_INPUT', ['events']) });
    }
    const events = Array.from({ length: 1001 }, () => 1);
    expect(await app.post(BATCH, { events })).toMatchObject({ status: 413, body: errorOf('TOO_LARGE', ['events']) });
  });
});

describe('refused', () => {
  test('400 for JSON that is broken, or no UTF-8', async () => {
    for (const body of ['', '{', '{"a":1}}', 'null,', '{"a":\u0001}', new Uint8Array([0x22, 0xff, 0xfe, 0x22])]) {
      expect(await app.post(LOG, body)).toMatchObject({ status: 400, body: errorOf('INVALID_JSON', ['']) });
    }
  });

  test('400 for missing fields, with the sentence of the older system', async () => {
    const { status, body } = await app.post(LOG, { eventType: 'MESSAGE_SENT' });
    expect(status).toBe(400);
    const paths = ['eventCategory', 'description', 'source', 'leadAirtableId'];
    expect(body).toMatchObject({
      ...errorOf('INVALID_INPUT', paths),
      error: 'Missing required fields: eventType, eventCategory, leadAirtableId, description, source',
    });
  });

  test('400 for metadata that do not fit, or a number that cannot be kept', async () => {
    const odd = event({ metadata: { campaign_id: [] } });
    expect(await app.post(LOG, odd)).toMatchObject({
      status: 400,
      body: errorOf('INVALID_INPUT', ['metadata.campaign_id']),
    });
    const big = JSON.stringify(event({ metadata: { id: 'BIG' } })).replace('"BIG"', '12345678901234567890');
    expect(await app.post(LOG, big)).toMatchObject({ status: 400, body: errorOf('INVALID_INPUT', ['metadata']) });
  });

  test('401 without a key, or with a wrong one, with the sentence of the older system', async () => {
    for (const headers of [{ 'x-api-key': 'wrong' }, { 'x-api-key': '' }]) {
      const { status, body } = await app.post(LOG, event(), headers);
      expect(status).toBe(401);
      expect(body).toMatchObject({ ...errorOf('UNAUTHENTICATED', []), error: 'Unauthorized' });
    }
  });

  test('403 for a key without the scope', async () => {
    const actor = await personOf(app.services.access, cookies);
    const { secret } = await app.services.access.keys.create(actor, { name: 'reader', scopes: ['activity:read'] });
    expect(await app.post(LOG, event(), { 'x-api-key': secret })).toMatchObject({
      status: 403,
      body: errorOf('FORBIDDEN', []),
    });
  });

  test('409 for the same key with another body', async () => {
    await app.post(LOG, event(), { 'idempotency-key': 'http-409' });
    expect(await app.post(LOG, event(), { 'idempotency-key': 'http-409' })).toMatchObject({
      status: 409,
      body: errorOf('IDEMPOTENCY_CONFLICT', ['idempotencyKey']),
    });
  });

  test('413 for an event over 256 KB, whether its length is told or not', async () => {
    const large = JSON.stringify(event({ messageContent: 'x'.repeat(256 * 1024) }));
    expect(await app.post(LOG, large)).toMatchObject({ status: 413, body: errorOf('TOO_LARGE', ['']) });
    const answer = await fetch(`${app.url}${LOG}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': INGEST_KEY },
      body: new Blob([large]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(answer.status).toBe(413);
  });

  test('415 for a body that says it is something else', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', '']) {
      expect(await app.post(LOG, event(), { 'content-type': type })).toMatchObject({
        status: 415,
        body: errorOf('UNSUPPORTED_MEDIA_TYPE', []),
      });
    }
  });

  test('422 for what cannot be right', async () => {
    const email = 'shared@example.com';
    await makeLead({ airtableRecordId: 'recONE', email });
    const { rows } = await app.database.pool.query("SELECT id FROM leads WHERE airtable_record_id = 'recONE'");
    await app.database.pool.query(
      'INSERT INTO leads (id, workspace_id, email, email_key) VALUES (gen_random_uuid(), $1, $2, $2)',
      [app.workspaceId, email],
    );
    await makeLead({ airtableRecordId: 'recTWO', email: 'two@example.com' });
    const { leadAirtableId, ...nobody } = event();
    expect(leadAirtableId).toBe('recSTATUS');
    const cases: [Record<string, unknown>, string, string][] = [
      [event({ eventType: 'MESSAGE_LOST' }), 'UNKNOWN_TYPE', 'eventType'],
      [event({ eventCategory: 'BOOKING' }), 'CATEGORY_MISMATCH', 'eventCategory'],
      [event({ timestamp: '1999-01-01T00:00:00Z' }), 'IMPOSSIBLE_TIME', 'timestamp'],
      [event({ timestamp: 1762503305 }), 'IMPOSSIBLE_TIME', 'timestamp'],
      [event({ leadId: uuidv7(0) }), 'UNKNOWN_LEAD', 'leadId'],
      [{ ...nobody, leadEmail: email }, 'AMBIGUOUS_LEAD', 'leadEmail'],
      [event({ leadId: rows[0].id, leadAirtableId: 'recTWO' }), 'LEAD_MISMATCH', 'leadId'],
    ];
    for (const [body, code, path] of cases) {
      expect(await app.post(LOG, body)).toMatchObject({ status: 422, body: errorOf(code, [path]) });
    }
  });

  test('429 with Retry-After when a person asks too often', async () => {
    const person = await personOf(app.services.access, cookies);
    const askTooOften = () => {
      for (;;) app.services.access.limitRate(person);
    };
    expect(askTooOften).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }));
    // The allowance grows back while the requests are on their way: it is used up all the time.
    const greed = setInterval(() => {
      expect(askTooOften).toThrow();
    }, 1);
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const headers = { 'content-type': 'application/json', cookie: cookies.get('cookie') ?? '', origin: app.url };
        const answer = await fetch(`${app.url}${LOG}`, { method: 'POST', headers, body: '{}' });
        return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body: await answer.json() };
      }),
    ).finally(() => clearInterval(greed));
    const limited = answers.find(({ status }) => status === 429);
    expect(limited).toMatchObject({ retryAfter: '1', body: errorOf('RATE_LIMITED', []) });
  });

  test('404 and the method that is not there, in the same shape', async () => {
    expect(await app.post('/api/internal/log-activities', {})).toMatchObject({
      status: 404,
      body: errorOf('NOT_FOUND', []),
    });
    expect((await app.get(LOG)).status).toBe(405);
  });
});

async function countAll(): Promise<number> {
  return (await app.database.pool.query('SELECT count(*) AS count FROM activity')).rows[0].count;
}
