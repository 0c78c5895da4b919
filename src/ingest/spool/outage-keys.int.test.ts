import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createQueries } from '#query/index.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';
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

describe('an idempotency key during an outage', () => {
  const event = { leadAirtableId: 'recKEY', description: 'the event' };
  const other = { ...event, description: 'another event' };

  test('names one activity, whichever process takes it; a repeat is a duplicate, another body a conflict', async () => {
    const second = await startIngestProcess(book, workspaceId);
    await Promise.all([app.gate.shut(), second.gate.shut()]);
    const receipt = receiptOf(await app.send(event, 'k'));
    expect(receipt.status).toBe('spooled');
    expect(await app.send(event, 'k')).toEqual({ ...receipt, status: 'duplicate' });
    expect(await app.send(other, 'k')).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    const there = receiptOf(await second.send(event, 'k'));
    expect(there).toMatchObject({ status: 'spooled', activityId: receipt.activityId });
    await Promise.all([app.gate.open(), second.gate.open()]);
    await Promise.all([app.drained(), second.drained()]);
    expect((await rows()).map(({ id }) => id)).toEqual([receipt.activityId]);
    expect(await app.send(event, 'k')).toMatchObject({ status: 'duplicate', activityId: receipt.activityId });
    expect(await quarantined()).toEqual([]);
  });

  test('is one event when many come at once', async () => {
    await app.gate.shut();
    await app.send();
    const answers = (await Promise.all(Array.from({ length: 20 }, () => app.send(event, 'k')))).map(receiptOf);
    expect(new Set(answers.map(({ activityId }) => activityId)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 'spooled')).toHaveLength(1);
    await app.gate.open();
    await app.drained();
    expect((await descriptions()).filter((name) => name === 'the event')).toHaveLength(1);
  });

  test('with another body in another process: the first that is drained stays, the other is quarantined', async () => {
    const second = await startIngestProcess(book, workspaceId);
    await Promise.all([app.gate.shut(), second.gate.shut()]);
    const receipts = [receiptOf(await app.send(event, 'k')), receiptOf(await second.send(other, 'k'))];
    await app.gate.open();
    await app.drained();
    await second.gate.open();
    await second.drained();
    expect(await descriptions()).toEqual(['the event']);
    for (const { activityId } of receipts) expect(activityId).toBe((await rows())[0]?.id);
    expect(await quarantined()).toMatchObject([
      { code: 'IDEMPOTENCY_CONFLICT', body: { description: 'another event', leadAirtableId: 'recKEY' } },
    ]);
  });

  test('that was stored before it is answered with the activity that is in the book', async () => {
    const stored = receiptOf(await app.send(event, 'k'));
    expect(stored.status).toBe('stored');
    await app.gate.shut();
    await app.send();
    expect(await app.send(event, 'k')).toEqual({ ...stored, status: 'duplicate' });
    expect(await app.send(other, 'k')).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  });

  test('that another process stored before it: the receipt of the repeat leads to what is in the book', async () => {
    const second = await startIngestProcess(book, workspaceId);
    const stored = receiptOf(await app.send(event, 'k'));
    await second.gate.shut();
    const repeat = receiptOf(await second.send(event, 'k'));
    expect(repeat.status).toBe('spooled');
    expect(repeat.activityId).not.toBe(stored.activityId);
    const queries = createQueries({ pool: book.pool });
    await expect(queries.find(workspaceId, repeat.activityId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await second.gate.open();
    await second.drained();
    expect((await rows()).map(({ id }) => id)).toEqual([stored.activityId]);
    for (const { activityId } of [stored, repeat]) {
      expect(await queries.find(workspaceId, activityId)).toMatchObject({ id: stored.activityId });
    }
    const elsewhere = await book.makeWorkspace();
    await expect(queries.find(elsewhere, repeat.activityId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('whose event was in flight when the database went away is in the book once', async () => {
    const sent = Array.from({ length: 100 }, (_, i) => app.send({ ...event, description: `event ${i}` }, `k${i}`));
    app.gate.cut();
    await app.gate.shut();
    const first = (await Promise.all(sent)).map(receiptOf);
    const again = await Promise.all(first.map((_, i) => app.send({ ...event, description: `event ${i}` }, `k${i}`)));
    expect(again.map((answer) => receiptOf(answer).activityId)).toEqual(first.map(({ activityId }) => activityId));
    await app.gate.open();
    await app.drained();
    expect(await rows()).toHaveLength(100);
  });

  test('whose event was drained is named so for good, also when it comes again and the database goes again', async () => {
    await app.gate.shut();
    const first = receiptOf(await app.send(event, 'k'));
    await app.gate.open();
    await app.drained();
    const lock = await book.pool.connect();
    try {
      await lock.query('BEGIN; SELECT take_append_lane()');
      const again = app.send(event, 'k');
      await vi.waitUntil(async () => (await waiting(book.pool)) > 0, { timeout: 20_000 });
      await app.gate.shut();
      expect(receiptOf(await again).activityId).toBe(first.activityId);
      await lock.query('COMMIT');
    } finally {
      lock.release();
    }
    await app.gate.open();
    await app.drained();
    expect((await rows()).map(({ id }) => id)).toEqual([first.activityId]);
  });

  test.each([
    ['that the disk does not give back', 'EIO'],
    ['that another process has taken', 'ENOENT'],
  ])('whose event was in a segment %s is free again: the repeat is taken', async (_, code) => {
    const files = createFaultyFiles();
    const losing = await startIngestProcess(book, workspaceId, { files });
    await losing.gate.shut();
    expect(receiptOf(await losing.send(event, 'k')).status).toBe('spooled');
    files.fault = ({ kind, path }) => (kind === 'read' && /\.(open|seg)$/.test(path) ? diskError(code) : undefined);
    await losing.gate.open();
    await losing.drained();
    files.fault = () => undefined;
    expect(await descriptions()).toEqual([]);
    expect(receiptOf(await losing.send(event, 'k')).status).toBe('stored');
    expect(await descriptions()).toEqual(['the event']);
    expect(await losing.send(event, 'k')).toMatchObject({ status: 'duplicate' });
  });

  test('whose event reached the book, and not its answer: every receipt names what is there', async () => {
    const { rows: before } = await book.pool.query('SELECT count(*)::int AS count FROM activity');
    const lock = await book.pool.connect();
    try {
      // The flight waits for the lane inside the database, which the lock holds.
      await lock.query('BEGIN; SELECT take_append_lane()');
      const first = app.send(event, 'k');
      await vi.waitUntil(async () => (await waiting(book.pool)) > 0, { timeout: 20_000 });
      await app.gate.shut();
      const repeat = app.send(event, 'k');
      await lock.query('COMMIT');
      const receipts = [receiptOf(await first), receiptOf(await repeat), receiptOf(await app.send(event, 'k'))];
      // Which of the first two reaches the disk first is open.
      expect(receipts.map(({ status }) => status).toSorted()).toEqual(['duplicate', 'duplicate', 'spooled']);
      await vi.waitUntil(async () => (await rows()).length > 0, { timeout: 20_000 });
      for (const { activityId } of receipts) expect(activityId).toBe((await rows())[0]?.id);
      expect(await app.send(other, 'k')).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    } finally {
      lock.release();
    }
    await app.gate.open();
    await app.drained();
    const { rows: after } = await book.pool.query('SELECT count(*)::int AS count FROM activity');
    expect(after[0].count - before[0].count).toBe(1);
  });
});

async function waiting(client: { query(sql: string): Promise<{ rows: { count: number }[] }> }): Promise<number> {
  const sql = `SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event = 'advisory' AND application_name = 'historybook-test-ingest'`;
  return (await client.query(sql)).rows[0]?.count ?? 0;
}

describe('a workspace that is gone when its events are drained', () => {
  test('does not hold up the events of all others: two of one key, acknowledged under two ids', async () => {
    const gone = await book.makeWorkspace();
    await app.gate.shut();
    const body = { door: 'lead', type: 'NOTE_ADDED', category: 'MANUAL', description: 'once', source: 'test' } as const;
    const idempotency = { key: 'key:twice', bodyHash: 'a' };
    for (const id of [randomUUID(), randomUUID()]) {
      const activity = { ...body, id, workspaceId: gone, occurredAt: new Date(), idempotency };
      await app.spool.append({ kind: 'activity', activity, isJudged: true });
    }
    await app.send({ description: 'of a workspace that is there' });
    await book.pool.query('DELETE FROM workspace WHERE id = $1', [gone]);
    await app.gate.open();
    await app.drained();
    expect(await descriptions()).toEqual(['of a workspace that is there']);
  });
});
