import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { NewActivity } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import { systemClock } from '#platform/clock.ts';
import { appendActivities } from '#platform/db/append.ts';
import { createMonths } from '#platform/db/months.ts';
import { type Logger, silentLogger } from '#platform/log.ts';
import { keyed, runOn, smsSent } from '#testing/append.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';
import { quarantinedIn, receiptOf, rowsOf, startIngestProcess } from '#testing/outage.ts';
import { fly } from './flight.ts';
import { entryOf } from './quarantine-entry.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Events of a demo workspace that is removed while they wait, or are on their way, belong to nobody. */
let book: TestBook;
let home: string;
let demo: string;
beforeAll(async () => {
  book = await createTestBook();
});
afterAll(() => book.drop());
beforeEach(async () => {
  home = await book.makeWorkspace();
  demo = await book.makeWorkspace();
  await book.pool.query('UPDATE workspace SET is_demo = true WHERE id = $1', [demo]);
});

const REMOVE = 'SELECT remove_demo_workspace($1, $2) AS removed';
const remove = () => book.pool.query(REMOVE, [demo, 'test']);

async function left(): Promise<number> {
  const sql = `SELECT (SELECT count(*) FROM activity WHERE workspace_id = $1)
    + (SELECT count(*) FROM activity_key WHERE workspace_id = $1) AS left`;
  return (await book.pool.query(sql, [demo])).rows[0].left;
}

test('what waits in the spool for it is dropped, told and counted; what else waits is stored', async () => {
  const told: object[] = [];
  const warn: Logger['warn'] = (fields) => void told.push(fields as object);
  const app = await startIngestProcess(book, home, { log: { ...silentLogger, warn } });
  await app.gate.shut();
  await app.send({ description: 'before' });
  const spoolIt = (activity: NewActivity, isJudged = true) =>
    app.spool.append({ kind: 'activity', activity, isJudged });
  for (let i = 0; i < 20; i += 1) await spoolIt(smsSent(demo, { idempotency: keyed(`key ${i}`) }));
  await spoolIt(smsSent(demo, { type: 'OF_ITS_OWN', category: '' }), false);
  await spoolIt(smsSent(demo, { leadId: randomUUID() }));
  const refusal = { workspaceId: demo, door: 'lead', body: { a: 1 } } as const;
  const error = new AppError('INVALID_INPUT');
  await app.spool.append({ kind: 'refusal', entry: entryOf({ ...refusal, error }, new Date()) });
  await app.send({ description: 'after' });
  await remove();
  told.length = 0;
  await app.gate.open();
  await app.drained();
  expect((await rowsOf(book, home)).map(({ description }) => description)).toEqual(['before', 'after']);
  expect(await left()).toBe(0);
  expect(await quarantinedIn(book, demo)).toEqual([]);
  expect(app.ingest.fallback()?.spool).toMatchObject({ drained: 25, refused: 0, dropped: 23, damaged: 0 });
  const dropped = told.filter((fields) => 'workspaces' in fields && String(fields.workspaces) === demo);
  expect(dropped.reduce((sum, fields) => sum + ('events' in fields ? Number(fields.events) : 0), 0)).toBe(23);
});

test('what is in flight for it is refused, and costs none of the others', async () => {
  await remove();
  const batch = Array.from({ length: 30 }, (_, i) => smsSent(i % 10 === 3 ? demo : home));
  const gone: number[] = [];
  const months = createMonths(book.pool);
  const deps = { pool: book.pool, months, clock: systemClock, patienceMs: 5_000, awayPatienceMs: 5_000 };
  const outcomes = await fly({ ...deps, onGone: (events) => void gone.push(events) }, batch);
  const words = outcomes.map((outcome) => (outcome instanceof AppError ? outcome.code : (outcome as object)));
  expect(words.flatMap((word, i) => (word === 'NOT_FOUND' ? [i] : []))).toEqual([3, 13, 23]);
  expect(await rowsOf(book, home)).toHaveLength(27);
  expect(await left()).toBe(0);
  expect(gone).toEqual([3]);
});

test('what is stored while it is being removed goes with it', async () => {
  await createMonths(book.pool).ensure([smsSent(demo).occurredAt]);
  const writer = await book.pool.connect();
  let removing: Promise<unknown>;
  try {
    await writer.query('BEGIN');
    await appendActivities(runOn(writer), [smsSent(demo, { idempotency: keyed('k') })]);
    removing = remove();
    await untilSomebodyWaits();
    await writer.query('COMMIT');
  } finally {
    writer.release();
  }
  await removing;
  expect(await left()).toBe(0);
});

test('what comes while it is being removed is refused', async () => {
  const app = await startIngestProcess(book, demo);
  const leadId = await book.makeLead(demo, { email: 'somebody@example.com' });
  expect(receiptOf(await app.send({ leadId })).status).toBe('stored');
  const removal = await book.pool.connect();
  let late: Promise<unknown>[];
  try {
    await removal.query('BEGIN');
    await removal.query(REMOVE, [demo, 'test']);
    late = [app.send({ leadEmail: 'nobody@example.com' }, 'late'), app.send({ leadId })];
    await untilSomebodyWaits();
    await removal.query('COMMIT');
  } finally {
    removal.release();
  }
  for (const answer of await Promise.all(late)) {
    expect(answer).toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('removed') });
  }
  expect(await left()).toBe(0);
});

test('the others go on beside a removal', async () => {
  const app = await startIngestProcess(book, home);
  const sending = Array.from({ length: 50 }, () => app.send());
  await remove();
  for (const answer of await Promise.all(sending)) expect(receiptOf(answer).status).toBe('stored');
});

function untilSomebodyWaits(): Promise<unknown> {
  const sql = `SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return vi.waitUntil(async () => (await book.pool.query(sql)).rows[0].count > 0, { timeout: 20_000 });
}
