import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';
import { countSources } from '../sources/count.ts';
import { readSources } from './sources.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WEEK = 7 * 24 * HOUR;

let book: TestBook;
beforeAll(async () => {
  book = await createTestBook();
});
afterAll(() => book.drop());

/** A clock that stands in the middle of a span of ten minutes. */
const at = Math.floor(Date.now() / (10 * MINUTE)) * 10 * MINUTE + 5 * MINUTE;
const clock = { ...systemClock, now: () => new Date(at) };

async function countAll() {
  while (await countSources(book.pool, clock.now()));
}

async function send(workspaceId: string, source: string, count: number, before: number) {
  const events = Array.from({ length: count }, () => ({ source, occurredAt: new Date(at - before) }));
  if (count > 0) await book.log(workspaceId, ...events);
}

describe('the sources of a workspace', () => {
  test('are judged by the same hour of the weeks before, and know nothing of another workspace', async () => {
    const mine = await book.makeWorkspace();
    const other = await book.makeWorkspace();
    for (const week of [1, 2, 3, 4]) {
      await send(mine, 'n8n:steady', 10, week * WEEK + 30 * MINUTE);
      await send(mine, 'n8n:gone', 10, week * WEEK + 30 * MINUTE);
      await send(other, 'n8n:theirs', 10, week * WEEK + 30 * MINUTE);
    }
    await send(mine, 'n8n:steady', 11, 30 * MINUTE);
    await send(mine, 'n8n:steady', 3, 5 * HOUR);
    await send(mine, 'n8n:new', 1, 20 * MINUTE);
    await send(mine, 'n8n:new', 1, 1 * MINUTE);
    await countAll();
    const live = { deliveriesOf: (of: string) => new Map(of === mine ? [['n8n:steady', [5, 5, 40]]] : []) };
    const sources = await readSources({ pool: book.pool, clock, live }, mine);
    const of = (name: string) => sources.find(({ source }) => source === name);
    expect(sources.map(({ source }) => source).toSorted()).toEqual(['n8n:gone', 'n8n:new', 'n8n:steady']);
    expect(of('n8n:steady')).toMatchObject({ lastHour: 11, usual: [10, 10, 10, 10], judgement: 'usual', events: 54 });
    expect(of('n8n:gone')).toMatchObject({ lastHour: 0, judgement: 'silent', lagMs: null, refused: 0 });
    expect(of('n8n:new')).toMatchObject({ lastHour: 2, usual: [], judgement: 'learning' });
    expect(of('n8n:steady')?.day.reduce((sum, count) => sum + count, 0)).toBe(14);
    expect(of('n8n:steady')?.day.at(-1)).toBe(11);
    expect(of('n8n:steady')?.lagMs?.p50).toBeGreaterThan(20 * MINUTE);
    expect(of('n8n:steady')?.shownMs).toEqual({ p50: 5, p95: 40, p99: 40 });
    expect(of('n8n:new')?.shownMs).toBeNull();
  });

  test('are judged by the same time of the clocks, also in the weeks after these were changed', async () => {
    const workspace = await book.makeWorkspace('Europe/Berlin');
    // At half past nine in Berlin: summer time ended on 26 October.
    for (const day of ['2025-10-08T07', '2025-10-15T07', '2025-10-22T07', '2025-10-29T08']) {
      const occurredAt = new Date(`${day}:30:00Z`);
      await book.log(workspace, ...Array.from({ length: 10 }, () => ({ source: 'n8n:morning', occurredAt })));
    }
    const then = { ...systemClock, now: () => new Date('2025-11-05T09:05:00Z') };
    while (await countSources(book.pool, then.now()));
    const [source] = await readSources({ pool: book.pool, clock: then }, workspace);
    expect(source).toMatchObject({ lastHour: 0, usual: [10, 10, 10, 10], judgement: 'silent' });
  });

  test('are counted once, by however many processes, and go on where counting was cut off', async () => {
    const workspace = await book.makeWorkspace();
    await send(workspace, 'n8n:many', 200, 3 * HOUR);
    await Promise.all(Array.from({ length: 5 }, countAll));
    await send(workspace, 'n8n:many', 50, 3 * HOUR);
    await Promise.all(Array.from({ length: 5 }, countAll));
    const [source] = await readSources({ pool: book.pool, clock }, workspace);
    expect(source).toMatchObject({ source: 'n8n:many', events: 250 });
    expect(source?.day.reduce((sum, count) => sum + count, 0)).toBe(250);
  });

  test('that were refused say how often', async () => {
    const workspace = await book.makeWorkspace();
    await send(workspace, 'n8n:wrong', 1, HOUR);
    await countAll();
    await book.pool.query(
      `INSERT INTO quarantine (id, workspace_id, door, source, body, body_hash, code, message, received_at, last_received_at, repeats)
       VALUES (gen_random_uuid(), $1, 'lead', 'n8n:wrong', '{}', 'h', 'INVALID_INPUT', 'm', $2, $2, 4)`,
      [workspace, new Date(at - HOUR)],
    );
    expect(await readSources({ pool: book.pool, clock }, workspace)).toMatchObject([{ refused: 5 }]);
    // Since three days the same body, again and again; and a question whose events are in the book.
    await book.pool.query(
      `INSERT INTO quarantine (id, workspace_id, door, source, body, body_hash, code, message, received_at, last_received_at,
         repeats, waits_for)
       VALUES (gen_random_uuid(), $1, 'lead', 'n8n:wrong', '{}', 'again', 'INVALID_INPUT', 'm', $2, $3, 900, NULL),
         (gen_random_uuid(), $1, 'lead', 'n8n:wrong', '{}', 'whose', 'UNKNOWN_LEAD', 'm', $3, $3, 40, 'airtable:recNOBODY')`,
      [workspace, new Date(at - 72 * HOUR), new Date(at - HOUR)],
    );
    expect(await readSources({ pool: book.pool, clock }, workspace)).toMatchObject([{ refused: 6 }]);
  });

  test('of which nothing was ever taken are named first', async () => {
    const workspace = await book.makeWorkspace();
    await send(workspace, 'n8n:good', 1, HOUR);
    await countAll();
    await book.pool.query(
      `INSERT INTO quarantine (id, workspace_id, door, source, body, body_hash, code, message, received_at, last_received_at)
       SELECT gen_random_uuid(), $1, 'lead', 'n8n:broken', '{}', n, 'INVALID_INPUT', 'm', $2, $2 FROM generate_series(1, 3) n`,
      [workspace, new Date(at - HOUR)],
    );
    expect(await readSources({ pool: book.pool, clock }, workspace)).toMatchObject([
      { source: 'n8n:broken', refused: 3, events: 0, lastRecordedAt: null },
      { source: 'n8n:good', refused: 0, events: 1 },
    ]);
  });
});
