import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';
import { exampleRecord } from '#testing/example-record.ts';
import { createFaultyFiles, diskError } from '#testing/faulty-files.ts';
import { type IngestProcess, quarantinedIn, receiptOf, rowsOf, startIngestProcess } from '#testing/outage.ts';

vi.setConfig({ testTimeout: 60_000 });

let book: TestBook;
let workspaceId: string;
let app: IngestProcess;
beforeAll(async () => {
  book = await createTestBook();
});
afterAll(() => book.drop());
beforeEach(async () => {
  workspaceId = await book.makeWorkspace();
  app = await startIngestProcess(book, workspaceId);
});

const rows = () => rowsOf(book, workspaceId);
const quarantined = () => quarantinedIn(book, workspaceId);
const descriptions = async () => (await rows()).map(({ description }) => description);
const numbered = (count: number) => Array.from({ length: count }, (_, i) => `no ${i + 1}`);
describe('while the database is away', () => {
  test('an event is acknowledged from the disk, and in the book as it was once it is back', async () => {
    await app.send({ description: 'before' });
    await app.gate.shut();
    const receipt = receiptOf(await app.send({ description: 'meanwhile' }));
    expect(receipt.status).toBe('spooled');
    expect(app.ingest.fallback()).toMatchObject({
      outage: { since: expect.any(Date) },
      spool: { records: 1, segments: 1 },
    });
    const announced = app.announced;
    await app.gate.open();
    await app.drained();
    expect(await descriptions()).toEqual(['before', 'meanwhile']);
    const [, late] = await rows();
    expect(late).toMatchObject({ id: receipt.activityId, occurredAt: new Date(receipt.timestamp) });
    expect(late?.recordedAt.getTime()).toBeGreaterThan(late?.occurredAt.getTime() ?? 0);
    expect(app.announced).toBeGreaterThan(announced);
    expect(receiptOf(await app.send({ description: 'after' })).status).toBe('stored');
    expect(app.ingest.fallback()).toMatchObject({ outage: undefined, spool: { records: 0, drained: 1, refused: 0 } });
  });

  test('an acknowledgement does not wait for a connection that will fail', async () => {
    await app.gate.shut();
    await app.send();
    const startedAt = performance.now();
    for (let i = 0; i < 20; i += 1) expect(receiptOf(await app.send()).status).toBe('spooled');
    // Far below the seconds that a connection may take to fail, far above what a busy machine needs.
    expect((performance.now() - startedAt) / 20).toBeLessThan(1_000);
  });

  test('events go into the book in the order in which they were acknowledged, whatever comes meanwhile', async () => {
    await app.gate.shut();
    for (const description of numbered(30)) await app.send({ description });
    await app.gate.open();
    const fresh = await Promise.all(numbered(30).map((name) => app.send({ description: `fresh ${name}` })));
    await app.drained();
    const found = await descriptions();
    expect(found.filter((name) => !name.startsWith('fresh'))).toEqual(numbered(30));
    expect(found).toHaveLength(60);
    expect(fresh.every((answer) => !(answer instanceof AppError))).toBe(true);
  });

  test('what has waited in flight goes to the spool under the same id, and is in the book once', async () => {
    const sent = numbered(200).map((description) => app.send({ description }));
    app.gate.cut();
    await app.gate.shut();
    const answers = (await Promise.all(sent)).map(receiptOf);
    expect(answers.some(({ status }) => status === 'spooled')).toBe(true);
    await app.gate.open();
    await app.drained();
    expect((await descriptions()).toSorted()).toEqual(numbered(200).toSorted());
    expect((await rows()).map(({ id }) => id).toSorted()).toEqual(
      answers.map(({ activityId }) => activityId).toSorted(),
    );
  });

  test('and it stops meanwhile, the next process brings it into the book', async () => {
    await app.gate.shut();
    await app.send({ description: 'left' });
    await app.ingest.stop();
    await app.spool.stop();
    const next = await startIngestProcess(book, workspaceId, { dataDir: app.dataDir });
    await next.drained();
    expect(await descriptions()).toEqual(['left']);
  });

  test('a spool that is full refuses with the time to wait', async () => {
    const small = await startIngestProcess(book, workspaceId, { maxBytes: 600 });
    await small.gate.shut();
    expect(await small.send()).toMatchObject({ status: 'spooled' });
    expect(await small.send()).toMatchObject({ code: 'UNAVAILABLE', retryAfter: 60 });
  });

  test('nothing is acknowledged that neither database nor disk has', async () => {
    const files = createFaultyFiles();
    const failing = await startIngestProcess(book, workspaceId, { files });
    await failing.gate.shut();
    files.fault = ({ kind }) => (kind === 'sync' ? diskError('EIO') : undefined);
    expect(await failing.send()).toMatchObject({ code: 'UNAVAILABLE', retryAfter: 5 });
    files.fault = () => undefined;
    expect(await failing.send()).toMatchObject({ status: 'spooled' });
  });
});

describe('a database that answers, but not with what is asked', () => {
  const fail = async (state: string) => {
    const sql = `CREATE OR REPLACE FUNCTION fail_append() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION USING ERRCODE = '${state}'; END $$`;
    await book.pool.query(sql);
    await book.pool.query(
      'CREATE TRIGGER a_fault BEFORE INSERT ON activity FOR EACH STATEMENT EXECUTE FUNCTION fail_append()',
    );
    return () => book.pool.query('DROP TRIGGER a_fault ON activity');
  };

  test.each([
    ['53100', 'disk full'],
    ['53200', 'out of memory'],
    ['58030', 'I/O error'],
    ['57P03', 'cannot connect now'],
    ['25006', 'read-only'],
    ['XX000', 'an internal error'],
    ['57014', 'cancelled'],
  ])('%s, %s: the event is spooled, and in the book when that is over', async (state) => {
    const heal = await fail(state);
    const answer = await app.send({ description: 'kept' });
    await heal();
    expect(answer).toMatchObject({ status: 'spooled' });
    await app.drained();
    expect(await descriptions()).toEqual(['kept']);
    expect(await quarantined()).toEqual([]);
  });

  test('that is frozen: what was sent is spooled after a while, what comes then at once', async () => {
    const impatient = await startIngestProcess(book, workspaceId, { queryTimeoutMs: 6_000 });
    await impatient.send({ description: 'before' });
    impatient.gate.freeze();
    const first = impatient.send({ description: 'in flight' });
    await vi.waitUntil(() => impatient.ingest.fallback()?.outage, { timeout: 10_000 });
    const startedAt = performance.now();
    expect(await impatient.send({ description: 'later' })).toMatchObject({ status: 'spooled' });
    // To wait for the frozen server once more would take the six seconds of a query.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(await first).toMatchObject({ status: 'spooled' });
    await impatient.gate.open();
    await impatient.drained();
    expect((await descriptions()).toSorted()).toEqual(['before', 'in flight', 'later']);
  });
});

describe('what the book does not take, once it is back', () => {
  test('goes to quarantine: a lead that does not exist, references that disagree', async () => {
    await book.makeLead(workspaceId, { airtableRecordId: 'recA', email: 'a@example.com' });
    await book.makeLead(workspaceId, { airtableRecordId: 'recB', email: 'b@example.com' });
    await app.gate.shut();
    const unknown = {
      leadAirtableId: undefined,
      leadId: '01999999-0000-7000-8000-000000000000',
      description: 'unknown',
    };
    for (const values of [unknown, { leadAirtableId: 'recA', leadEmail: 'b@example.com' }, { description: 'good' }]) {
      expect(await app.send(values)).toMatchObject({ status: 'spooled' });
    }
    await app.gate.open();
    await app.drained();
    expect(await descriptions()).toEqual(['good']);
    expect(await quarantined()).toMatchObject([
      { code: 'UNKNOWN_LEAD', body: { description: 'unknown' } },
      { code: 'LEAD_MISMATCH', body: { leadAirtableId: 'recA' } },
    ]);
    expect(app.ingest.fallback()).toMatchObject({ spool: { drained: 3, refused: 2 } });
  });

  test('is judged then, when its type is not built in: stored when it is registered, quarantined when not', async () => {
    await app.gate.shut();
    await app.send();
    const custom = { eventCategory: 'MANUAL', eventType: 'SITE_VISIT', description: 'custom' };
    expect(await app.send(custom)).toMatchObject({ status: 'spooled' });
    expect(await app.send({ ...custom, eventType: 'NOBODY_KNOWS' })).toMatchObject({ status: 'spooled' });
    expect(await app.send({ ...custom, eventCategory: 'SMS', description: 'wrong' })).toMatchObject({
      status: 'spooled',
    });
    expect(await app.send({ eventCategory: 'BOOKING' })).toMatchObject({ code: 'CATEGORY_MISMATCH' });
    expect(await app.send({ timestamp: '1970-01-01T00:00:00Z' })).toMatchObject({ code: 'IMPOSSIBLE_TIME' });
    const sql = `INSERT INTO custom_type (workspace_id, name, category, label, icon, colour)
      VALUES ($1, 'SITE_VISIT', 'MANUAL', 'Site visit', 'tag', 'gray')`;
    await book.pool.query(sql, [workspaceId]);
    await app.gate.open();
    await app.drained();
    expect((await rows()).map(({ type }) => type)).toEqual(['MESSAGE_SENT', 'SITE_VISIT']);
    expect((await quarantined()).map(({ code }) => code).toSorted()).toEqual(['CATEGORY_MISMATCH', 'UNKNOWN_TYPE']);
  });

  test('holds up none of the others', async () => {
    await app.gate.shut();
    await app.send({ description: 'good 1' });
    const poison = { ...exampleRecord('poison', { workspaceId }).activity, callId: 'no uuid at all' };
    await app.spool.append({ kind: 'activity', activity: poison, isJudged: true });
    await app.send({ description: 'good 2' });
    await app.gate.open();
    await app.drained();
    expect(await descriptions()).toEqual(['good 1', 'good 2']);
    expect(await quarantined()).toMatchObject([{ code: 'INVALID_INPUT', body: { description: 'poison' } }]);
  });

  test('and what no quarantine takes either is set aside as a file', async () => {
    await app.gate.shut();
    // Of another version of the program.
    await app.spool.append({ kind: 'refusal', entry: { workspaceId, words: 'that nobody here knows' } });
    await app.send({ description: 'good' });
    await app.gate.open();
    await app.drained();
    expect(await descriptions()).toEqual(['good']);
    expect(app.spool.stats().damaged).toBe(1);
  });
});

describe('a drain that is cut off', () => {
  test('by the database, again and again, stores each event once', async () => {
    await app.gate.shut();
    for (const description of numbered(300)) void app.send({ description });
    await app.send({ description: 'last' }, 'with a key');
    await app.gate.open();
    for (let cut = 0; cut < 15; cut += 1) {
      await new Promise((resolve) => setTimeout(resolve, 7));
      app.gate.cut();
    }
    await app.drained();
    expect((await descriptions()).toSorted()).toEqual([...numbered(300), 'last'].toSorted());
  });

  test('after everything was stored and before the segment was removed finds it all there', async () => {
    const files = createFaultyFiles();
    const failing = await startIngestProcess(book, workspaceId, { files });
    await failing.gate.shut();
    await failing.send({ description: 'one' });
    await failing.send({ description: 'two' }, 'k');
    files.fault = ({ kind, path }) => (kind === 'remove' && path.endsWith('.seg') ? diskError('EIO') : undefined);
    await failing.gate.open();
    await vi.waitUntil(async () => (await rows()).length === 2, { timeout: 10_000 });
    await failing.ingest.stop();
    files.fault = () => undefined;
    await failing.spool.stop();
    const next = await startIngestProcess(book, workspaceId, { dataDir: failing.dataDir });
    await next.drained();
    expect(await descriptions()).toEqual(['one', 'two']);
    expect(await quarantined()).toEqual([]);
  });
});
