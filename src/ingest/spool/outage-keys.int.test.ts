import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTestBook, type TestBook } from '#testing/book.ts';
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
});
