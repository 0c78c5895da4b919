import { afterAll, beforeAll, expect, test } from 'vitest';
import { INGEST_KEY, type IngestApp, startIngestApp } from '#testing/ingest-app.ts';
import { leadEvent } from '#testing/lead-door.ts';

const LOG = '/api/internal/log-activity';
const QUEUE = '/api/admin/retry-queue';

let app: IngestApp;
beforeAll(async () => {
  app = await startIngestApp();
});
afterAll(async () => {
  await app.stop();
  expect(app.logged).toEqual([]);
});

async function patch(path: string, body: unknown) {
  const init = { method: 'PATCH', headers: { 'x-api-key': INGEST_KEY, 'content-type': 'application/json' } };
  const answer = await fetch(`${app.url}${path}`, { ...init, body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
}

test('a refused event is found, corrected and replayed over REST', async () => {
  const sent = leadEvent({ eventCategory: 'BOOKING', source: 'n8n:rest', timestamp: '2025-03-01T10:00:00Z' });
  const refused = await app.post(LOG, sent);
  expect(refused).toMatchObject({ status: 422, body: { code: 'CATEGORY_MISMATCH', status: 'quarantined' } });
  const id = refused.body.quarantineId;

  const listed = await app.get(`${QUEUE}?source=n8n:rest&code=CATEGORY_MISMATCH,UNKNOWN_TYPE&dateFrom=2020-01-01`);
  expect(listed.body).toMatchObject({
    events: [{ id, repeats: 0, originalOccurredAt: '2025-03-01T10:00:00.000Z' }],
    counts: { waiting: 1, replayed: 0, discarded: 0 },
    pagination: { limit: 50, total: 1, nextCursor: null },
  });
  expect((await app.get(`${QUEUE}?state=gone`)).body).toMatchObject({ code: 'INVALID_INPUT' });
  expect((await app.get(`${QUEUE}/${id}`)).body).toMatchObject({
    body: sent,
    editedBody: null,
    verdict: { ok: false, code: 'CATEGORY_MISMATCH' },
  });

  expect((await app.post(`${QUEUE}/${id}/replay`, {})).body).toMatchObject({ status: 'quarantined', quarantineId: id });
  const corrected = { ...sent, eventCategory: 'SMS' };
  const edited = await patch(`${QUEUE}/${id}`, { body: corrected });
  expect(edited).toMatchObject({ status: 200, body: { isEdited: true, editedBody: corrected, verdict: { ok: true } } });

  const replayed = await app.post(`${QUEUE}/${id}/replay`, {});
  expect(replayed).toMatchObject({ status: 200, body: { success: true, status: 'stored', quarantineId: id } });
  const [activity] = (await app.get('/api/admin/activity-logs?source=n8n:rest')).body.activities;
  expect(activity).toMatchObject({
    id: replayed.body.activityId,
    timestamp: '2025-03-01T10:00:00.000Z',
    metadata: { quarantine_id: id },
  });
  expect((await app.get(`${QUEUE}/${id}`)).body).toMatchObject({ resolvedActivityId: activity.id });
});

test('the same correction for many is tried first, and then made', async () => {
  const source = 'n8n:many';
  const codes = ['CATEGORY_MISMATCH'];
  for (let i = 0; i < 3; i += 1)
    await app.post(LOG, leadEvent({ eventCategory: 'BOOKING', source, description: `${i}` }));
  const many = { sources: [source], codes, correction: { eventCategory: 'SMS' } };
  expect(await app.post(`${QUEUE}/replay?dryRun=1`, many)).toMatchObject({
    status: 200,
    body: { matching: 3, tried: 3, accepted: 3, refusals: [] },
  });
  expect(await app.post(`${QUEUE}/replay?dryRun=1`, { sources: [source] })).toMatchObject({
    body: { matching: 3, accepted: 0, refusals: [{ code: 'CATEGORY_MISMATCH', events: 3 }] },
  });
  expect((await app.get(`${QUEUE}?source=${source}`)).body.counts).toMatchObject({ waiting: 3, replayed: 0 });

  const begun = await app.post(`${QUEUE}/replay`, many);
  expect(begun).toMatchObject({ status: 202, body: { total: 3 } });
  await expect
    .poll(async () => (await app.get(`${QUEUE}/replays/${begun.body.id}`)).body)
    .toMatchObject({ state: 'done', succeeded: 3, failed: 0 });
});

test.each([
  [{ correction: [] }, '', 'correction', 'must be an object'],
  [{ correction: {} }, '', 'correction', 'must change at least one field'],
  [{ corection: { a: 1 } }, '', '', 'corection'],
  [{}, '?dryRun=yes', 'dryRun', 'must be 1 or 0'],
  [{}, '?dryrun=1', 'dryrun', 'did you mean dryRun'],
])('of many, %j%s is refused, and nothing is replayed', async (body, query, path, message) => {
  const refused = await app.post(`${QUEUE}/replay${query}`, body);
  expect(refused).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT', issues: [{ path }] } });
  expect(refused.body.issues[0].message).toContain(message);
});

test('a filter that is misspelt or names nothing replays nothing, instead of everything', async () => {
  const refused = await app.post(`${QUEUE}/replay`, { code: ['UNKNOWN_TYPE'] });
  expect(refused).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } });
  expect(refused.body.message).toBe('body: must not have "code": there is no such field');
  expect(await app.post(`${QUEUE}/replay`, { codes: [] })).toMatchObject({
    status: 400,
    body: { issues: [{ path: 'codes', message: 'must name at least one, or be left out' }] },
  });
});

test('all that match are replayed with progress, one is discarded with a reason', async () => {
  for (let i = 0; i < 3; i += 1) await app.post(LOG, leadEvent({ eventType: 'REST_TYPE', source: 'n8n:all' }));
  const begun = await app.post(`${QUEUE}/replay`, { sources: ['n8n:all'] });
  expect(begun).toMatchObject({ status: 202, body: { total: 3, processed: 0 } });
  const path = `${QUEUE}/replays/${begun.body.id}`;
  expect(begun.headers.get('location')).toBe(path);
  await expect.poll(async () => (await app.get(path)).body).toMatchObject({ state: 'done', failed: 3 });
  expect((await app.post(`${path}/cancel`, {})).body).toMatchObject({ state: 'done' });

  const [one] = (await app.get(`${QUEUE}?source=n8n:all`)).body.events;
  const discard = `${QUEUE}/${one.id}/discard`;
  expect(await app.post(discard, { reason: ' ' })).toMatchObject({
    status: 400,
    body: { issues: [{ path: 'reason' }] },
  });
  expect(await app.post(discard, { reason: 'a test' })).toMatchObject({ status: 200, body: { state: 'discarded' } });
  expect((await app.post(`${QUEUE}/${one.id}/replay`, {})).body).toMatchObject({ code: 'CONFLICT' });
});

test('a batch says which of its events wait', async () => {
  const { status, body } = await app.post(`${LOG}/batch`, { events: [leadEvent(), leadEvent({ source: '' })] });
  expect(status).toBe(207);
  expect(body).toMatchObject({
    stored: 1,
    refused: 1,
    quarantined: 1,
    results: [{ status: 'stored' }, { success: false, status: 'quarantined', httpStatus: 400 }],
  });
});

test('a refused body is shown to the digit', async () => {
  const text = JSON.stringify(leadEvent({ source: 'n8n:digits', metadata: { order: 0 } }));
  const sent = text.replace('"order":0', '"order":12345678901234567890');
  const headers = { 'x-api-key': INGEST_KEY, 'content-type': 'application/json' };
  const refused = await fetch(`${app.url}${LOG}`, { method: 'POST', headers, body: sent });
  const { quarantineId } = (await refused.json()) as { quarantineId: string };
  const shown = await fetch(`${app.url}${QUEUE}/${quarantineId}`, { headers });
  expect(await shown.text()).toContain(`"body":${sent}`);
  const edited = sent.replace('n8n:digits', 'n8n:edited');
  const init = { method: 'PATCH', headers, body: `{"body":${edited}}` };
  const answer = await fetch(`${app.url}${QUEUE}/${quarantineId}`, init);
  expect(await answer.text()).toContain(`"body":${sent},"editedBody":${edited}}`);
});
