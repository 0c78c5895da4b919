import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewActivity } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import { createQuarantine } from '#ingest/index.ts';
import { systemClock } from '#platform/clock.ts';
import { createPool } from '#platform/db/pool.ts';
import { silentLogger } from '#platform/log.ts';
import { smsSent } from '#testing/append.ts';
import { createTestDoor, leadEvent, type TestDoor } from '#testing/lead-door.ts';
import { logBatch } from './log-batch.ts';
import { logOne } from './log-one.ts';
import { bodyOf } from './quarantined.ts';

let door: TestDoor;
let workspaceId: string;
const userId = undefined;

beforeAll(async () => {
  door = await createTestDoor();
});
afterAll(() => door.drop());

describe('an event that is refused', () => {
  beforeAll(async () => {
    workspaceId = await door.book.makeWorkspace();
  });

  test('is kept as it came, with the reason, and the answer says where', async () => {
    const body = {
      ...leadEvent({ eventType: 'NOT_YET', timestamp: '2025-03-01T10:00:00Z' }),
      zulu: 'NUL \0',
      alpha: [1, 'half \ud800'],
    };
    const error = await door.send(workspaceId, body, 'n8n-1');
    expect(error).toMatchObject({ code: 'UNKNOWN_TYPE', status: 422 });
    const [entry] = await door.quarantined(workspaceId);
    expect(error instanceof AppError && error.toBody('request-1')).toMatchObject({
      code: 'UNKNOWN_TYPE',
      issues: [{ path: 'eventType' }],
      status: 'quarantined',
      quarantineId: entry?.id,
    });
    expect(entry).toMatchObject({
      door: 'lead',
      type: 'NOT_YET',
      source: 'test:door',
      code: 'UNKNOWN_TYPE',
      issues: [{ path: 'eventType' }],
      idempotency_key: 'n8n-1',
      original_occurred_at: new Date('2025-03-01T10:00:00Z'),
      state: 'waiting',
      repeats: 0,
      next_retry_at: expect.any(Date),
    });
    expect(entry?.text).toBe(JSON.stringify({ ...body, zulu: 'NUL \u2400', alpha: [1, 'half \ufffd'] }));
  });

  test.each([
    ['of one that is no object', 7],
    ['with a number no double holds', { ...leadEvent(), metadata: { n: 1 } }],
    ['nested deep', { ...leadEvent(), metadata: JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)) }],
    ['with a prototype as a member', JSON.parse('{"__proto__": {"x": 1}, "eventType": "MESSAGE_SENT"}')],
  ])('is kept whatever its body: %s', async (_, body) => {
    const answer = await door.send(workspaceId, body === 7 ? 7 : { ...body, eventCategory: '' });
    expect(answer).toMatchObject({ code: 'INVALID_INPUT', quarantineId: expect.any(String) });
  });

  test('is kept once however often it is sent, also at the same time, and with its members in another order', async () => {
    const workspace = await door.book.makeWorkspace();
    const { source, ...others } = leadEvent({ eventCategory: 'BOOKING' });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => door.send(workspace, i % 2 ? { source, ...others } : { ...others, source })),
    );
    const ids = answers.map((answer) => (answer instanceof AppError ? answer.quarantineId : 'taken'));
    expect(new Set(ids).size).toBe(1);
    expect(await door.quarantined(workspace)).toMatchObject([{ id: ids[0], repeats: 19, code: 'CATEGORY_MISMATCH' }]);
  });

  test('is another event under another idempotency key, and in another workspace', async () => {
    const [one, two] = [await door.book.makeWorkspace(), await door.book.makeWorkspace()];
    const body = leadEvent({ description: '' });
    await door.send(one, body, 'key-1');
    await door.send(one, body, 'key-2');
    await door.send(two, body, 'key-1');
    expect(await door.quarantined(one)).toHaveLength(2);
    expect(await door.quarantined(two)).toHaveLength(1);
  });

  test('is the same report when it is delivered again under its key, in another execution and later', async () => {
    const workspace = await door.book.makeWorkspace();
    const report = leadEvent({ eventCategory: 'BOOKING' });
    const deliver = (at: string, executionId: string, key?: string) =>
      door.send(workspace, { ...report, observedAt: `2025-03-01T${at}:00Z`, executionId }, key);
    await deliver('10:00', '1', 'report-1');
    await deliver('11:00', '2', 'report-1');
    await door.send(workspace, report, 'report-1');
    const observed = new Date('2025-03-01T10:00:00Z');
    expect(await door.quarantined(workspace)).toMatchObject([{ repeats: 2, original_occurred_at: observed }]);
    await door.send(workspace, { ...report, description: 'another report' }, 'report-1');
    await deliver('10:00', '1');
    await deliver('11:00', '1');
    await deliver('10:00', '2');
    const entries = await door.quarantined(workspace);
    expect(entries.map(({ repeats }) => repeats).toSorted()).toEqual([0, 0, 0, 0, 2]);
  });

  test('waits anew when it is sent again after it was discarded', async () => {
    const workspace = await door.book.makeWorkspace();
    const body = leadEvent({ description: '' });
    await door.send(workspace, body);
    await door.book.pool.query("UPDATE quarantine SET state = 'discarded' WHERE workspace_id = $1", [workspace]);
    await door.send(workspace, body);
    const entries = await door.quarantined(workspace);
    expect(entries.map(({ state }) => state).sort()).toEqual(['discarded', 'waiting']);
    expect(new Set(entries.map(({ id }) => id)).size).toBe(2);
  });

  test('is not kept when its key is in the book with another body, nor when nothing keeps it', async () => {
    const workspace = await door.book.makeWorkspace();
    await door.send(workspace, leadEvent(), 'once');
    expect(await door.send(workspace, leadEvent(), 'once')).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
      quarantineId: undefined,
    });
    expect(await door.quarantined(workspace)).toEqual([]);
  });
});

describe('a batch', () => {
  test('keeps each bad event, stores each good one, and answers for each in order', async () => {
    const workspace = await door.book.makeWorkspace();
    const bad = leadEvent({ eventType: 'NOT_YET' });
    const events = [leadEvent(), bad, leadEvent(), bad, { nothing: 'at all' }];
    const results = await logBatch(door, { events }, { workspaceId: workspace, userId, dryRun: false });
    expect(results).toMatchObject([
      { status: 'stored' },
      { code: 'UNKNOWN_TYPE', quarantineId: expect.any(String) },
      { status: 'stored' },
      { code: 'UNKNOWN_TYPE', quarantineId: expect.any(String) },
      { code: 'INVALID_INPUT', quarantineId: expect.any(String) },
    ]);
    const entries = await door.quarantined(workspace);
    expect(entries.map(({ type, repeats }) => [type, repeats])).toEqual(
      expect.arrayContaining([
        ['NOT_YET', 1],
        [null, 0],
      ]),
    );
    expect(entries).toHaveLength(2);
  });

  test('keeps nothing in a dry run', async () => {
    const workspace = await door.book.makeWorkspace();
    const events = [leadEvent({ eventType: 'NOT_YET' })];
    const [result] = await logBatch(door, { events }, { workspaceId: workspace, userId, dryRun: true });
    expect(result).toMatchObject({ code: 'UNKNOWN_TYPE', quarantineId: undefined });
    expect(await door.quarantined(workspace)).toEqual([]);
  });
});

describe('while the database is away', () => {
  const away = createPool({ url: 'postgres://nobody@127.0.0.1:1/none', applicationName: 'away' });
  afterAll(() => away.end());
  const deps = { pool: away, clock: systemClock, log: silentLogger, bodyOf };

  test('a refused event goes to the spool, and to the table from there under the id that was answered', async () => {
    const workspace = await door.book.makeWorkspace();
    const spooled: unknown[] = [];
    const spool = {
      append: async (record: { kind: string }) => {
        spooled.push(record.kind === 'refusal' && 'entry' in record ? record.entry : undefined);
        return { path: '', number: 0 } as never;
      },
    };
    const quarantine = createQuarantine({ ...deps, spool });
    const sending = logOne({ ingest: door.ingest, quarantine }, { no: 'event' }, { workspaceId: workspace, userId });
    const error = await sending.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'INVALID_INPUT', quarantineId: expect.any(String) });
    const entry: unknown = JSON.parse(JSON.stringify(spooled[0]));
    await door.quarantine.keepEntry(entry);
    expect(await door.quarantined(workspace)).toMatchObject([
      { id: error instanceof AppError && error.quarantineId, text: '{"no":"event"}' },
    ]);
  });

  test('without a spool the caller is told to send it again', async () => {
    const quarantine = createQuarantine(deps);
    const sending = logOne({ ingest: door.ingest, quarantine }, { no: 'event' }, { workspaceId, userId });
    await expect(sending).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfter: 1 });
  });
});

test('an activity of the spool that the book refuses is kept as the body that it came from, once', async () => {
  const workspace = await door.book.makeWorkspace();
  const activity: NewActivity = smsSent(workspace, {
    leadAirtableId: 'recLATE',
    message: 'Hello',
    metadata: { step: 2 },
    idempotency: { key: 'key:outage-1', bodyHash: 'x' },
  });
  const error = new AppError('IDEMPOTENCY_CONFLICT');
  await door.quarantine.keepRefused({ activity, error });
  await door.quarantine.keepRefused({ activity, error });
  const [entry, ...more] = await door.quarantined(workspace);
  expect(more).toEqual([]);
  expect(entry).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', idempotency_key: 'outage-1', type: 'MESSAGE_SENT' });
  expect(JSON.parse(String(entry?.text))).toEqual({
    eventType: 'MESSAGE_SENT',
    eventCategory: 'SMS',
    leadAirtableId: 'recLATE',
    description: 'SMS sent',
    messageContent: 'Hello',
    metadata: { step: 2 },
    source: 'test:append',
    timestamp: activity.occurredAt.toISOString(),
  });
});

test('a report of the spool that the book refuses says again when it was observed, and is one with what is delivered again', async () => {
  const workspace = await door.book.makeWorkspace();
  const error = new AppError('CATEGORY_MISMATCH');
  const refuse = async (at: string, metadata: NewActivity['metadata'] = { observed_at: at }) => {
    const idempotency = { key: 'key:report-1', bodyHash: 'x' };
    await door.quarantine.keepRefused({
      activity: smsSent(workspace, { occurredAt: new Date(at), metadata, idempotency }),
      error,
    });
  };
  await refuse('2025-03-01T10:00:00.000Z');
  await refuse('2025-03-01T11:00:00.000Z');
  const [entry, ...more] = await door.quarantined(workspace);
  expect(more).toEqual([]);
  expect(entry).toMatchObject({ repeats: 1 });
  const body: unknown = JSON.parse(String(entry?.text));
  expect(body).toMatchObject({ observedAt: '2025-03-01T10:00:00.000Z' });
  expect(body).not.toHaveProperty('timestamp');
  expect(body).not.toHaveProperty('metadata');
  await refuse('2025-03-01T12:00:00.000Z', { observed_at: '2025-03-01T13:00:00.000Z', step: 2 });
  await refuse('2025-03-01T12:00:00.000Z', { observed_at: 'at noon' });
  const bodies = (await door.quarantined(workspace)).map(({ text }) => JSON.parse(String(text)));
  const timestamp = '2025-03-01T12:00:00.000Z';
  expect(bodies).toContainEqual(
    expect.objectContaining({ timestamp, observedAt: '2025-03-01T13:00:00.000Z', metadata: { step: 2 } }),
  );
  expect(bodies).toContainEqual(expect.objectContaining({ timestamp, metadata: { observed_at: 'at noon' } }));
});
