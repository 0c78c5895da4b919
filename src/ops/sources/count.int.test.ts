import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { IMPORTED_TAG } from '#domain/import-run.ts';
import { createTestBook } from '#testing/book.ts';
import { catchUp, countSources } from './count.ts';
import { forgetOld } from './kept.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = new Date('2025-11-07T12:02:00.000Z');

const book = await createTestBook();
const { pool } = book;
afterAll(() => book.drop());

let workspaceId: string;
beforeEach(async () => {
  workspaceId = await book.makeWorkspace();
  while (await countSources(pool, NOW));
});

const ago = (ms: number) => new Date(NOW.getTime() - ms);

/** Many activities of a source, as they stand in the book. */
async function addMany(source: string, count: number): Promise<void> {
  await pool.query(
    `INSERT INTO activity (id, workspace_id, door, type, category, occurred_at, recorded_at, description, source)
     SELECT gen_random_uuid(), $1, 'lead', 'MESSAGE_SENT', 'SMS', $3, $3, 'x', $2 FROM generate_series(1, $4::int)`,
    [workspaceId, source, ago(0), count],
  );
}

const rateRow = z.object({ source: z.string(), events: z.number(), late: z.number() });
const spanRow = z.object({ source: z.string(), at: z.date() });
async function read() {
  const where = 'WHERE workspace_id = $1 ORDER BY source';
  const rates = await pool.query(
    `SELECT source, events, (SELECT sum(n) FROM unnest(lags) n)::int AS late FROM source_rate ${where}, bucket_at`,
    [workspaceId],
  );
  const states = await pool.query(
    `SELECT source, events::int, first_at AS first, last_occurred_at AS occurred, last_recorded_at AS recorded
       FROM source_state ${where}`,
    [workspaceId],
  );
  const spans = await pool.query(`SELECT source, at FROM source_span ${where}, at`, [workspaceId]);
  return {
    rates: z.array(rateRow).parse(rates.rows),
    states: states.rows,
    spans: z
      .array(spanRow)
      .parse(spans.rows)
      .map(({ source, at }) => `${source} ${at.toISOString().slice(0, 16)}`),
  };
}

const onConnection = async (work: (client: Parameters<typeof catchUp>[0]) => Promise<boolean>) => {
  const client = await pool.connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
};
const caughtUp = () => onConnection((client) => catchUp(client, NOW));

describe('what is counted of a source', () => {
  test('is its rate by when things happened, its rhythm by when they arrived, and since when and when last', async () => {
    await book.log(
      workspaceId,
      { source: 'n8n:a', occurredAt: ago(3 * HOUR), recordedAt: ago(3 * HOUR) },
      { source: 'n8n:a', occurredAt: ago(2 * HOUR), recordedAt: ago(MINUTE) },
      { source: 'n8n:a', occurredAt: ago(2 * HOUR), recordedAt: ago(MINUTE) },
      { source: 'ui:people', occurredAt: ago(MINUTE), recordedAt: ago(MINUTE) },
    );
    expect(await caughtUp()).toBe(true);
    expect(await read()).toEqual({
      rates: [
        { source: 'n8n:a', events: 1, late: 1 },
        { source: 'n8n:a', events: 2, late: 2 },
        { source: 'ui:people', events: 1, late: 1 },
      ],
      states: [
        { source: 'n8n:a', events: 3, first: ago(3 * HOUR), occurred: ago(2 * HOUR), recorded: ago(MINUTE) },
        { source: 'ui:people', events: 1, first: ago(MINUTE), occurred: ago(MINUTE), recorded: ago(MINUTE) },
      ],
      spans: ['n8n:a 2025-11-07T09:00', 'n8n:a 2025-11-07T12:00'],
    });
  });

  test('is nothing of what was imported, and of what is too old only that it was', async () => {
    const old = { occurredAt: ago(70 * DAY), recordedAt: ago(70 * DAY) };
    await book.log(
      workspaceId,
      { source: 'n8n:imported', occurredAt: ago(HOUR), recordedAt: ago(HOUR), tags: [IMPORTED_TAG] },
      { source: 'n8n:old', ...old },
    );
    await caughtUp();
    const { rates, states, spans } = await read();
    expect({ rates, spans }).toEqual({ rates: [], spans: [] });
    expect(states).toMatchObject([{ source: 'n8n:old', events: 1, recorded: old.recordedAt }]);
  });

  test('is forgotten when it is too old to be compared with', async () => {
    await book.log(workspaceId, { source: 'n8n:a', occurredAt: ago(HOUR), recordedAt: ago(HOUR) });
    await caughtUp();
    await forgetOld(pool, new Date(NOW.getTime() + 34 * DAY));
    expect((await read()).rates).toHaveLength(1);
    await forgetOld(pool, new Date(NOW.getTime() + 36 * DAY));
    expect(await read()).toMatchObject({ rates: [], spans: ['n8n:a 2025-11-07T11:00'] });
    await forgetOld(pool, new Date(NOW.getTime() + 64 * DAY));
    expect(await read()).toMatchObject({ rates: [], spans: [], states: [{ events: 1 }] });
  });
});

describe('counting', () => {
  test('goes in small steps, and says whether there is more', async () => {
    await addMany('n8n:many', 4_500);
    const more: boolean[] = [];
    do more.push(await countSources(pool, NOW));
    while (more.at(-1));
    expect(more).toEqual([true, true, false]);
    expect(await read()).toMatchObject({ states: [{ events: 4_500 }], rates: [{ events: 4_500 }] });
  });

  test('counts each activity once, however many are at it', async () => {
    const work = async () => {
      await addMany('n8n:many', 2_500);
      await Promise.all([countSources(pool, NOW), caughtUp(), countSources(pool, NOW), caughtUp()]);
    };
    for (let i = 0; i < 4; i += 1) await work();
    await caughtUp();
    expect(await read()).toMatchObject({ states: [{ events: 10_000 }], rates: [{ events: 10_000 }] });
  });

  test('leaves the position to whoever has it, or waits for him', async () => {
    await addMany('n8n:a', 1);
    const holder = await pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM source_progress FOR UPDATE');
    expect(await countSources(pool, NOW)).toBe(false);
    expect((await read()).states).toEqual([]);
    const waiting = caughtUp();
    await holder.query('COMMIT');
    holder.release();
    expect(await waiting).toBe(true);
    expect((await read()).states).toMatchObject([{ events: 1 }]);
  });

  test('that is cut off leaves nothing half counted', async () => {
    await addMany('n8n:a', 3);
    // The last of the three tables does not take it.
    await pool.query('ALTER TABLE source_span ADD CONSTRAINT closed CHECK (false) NOT VALID');
    await expect(countSources(pool, NOW)).rejects.toThrow(/closed/);
    await expect(caughtUp()).rejects.toThrow(/closed/);
    await pool.query('ALTER TABLE source_span DROP CONSTRAINT closed');
    expect(await read()).toEqual({ rates: [], states: [], spans: [] });
    await caughtUp();
    expect(await read()).toMatchObject({ states: [{ events: 3 }], rates: [{ events: 3 }], spans: [expect.anything()] });
  });

  test('goes on at the end of a book that ends earlier than what was counted', async () => {
    await addMany('n8n:a', 1);
    await caughtUp();
    await pool.query('UPDATE source_progress SET seq = seq + 100');
    expect(await countSources(pool, NOW)).toBe(false);
    await addMany('n8n:a', 1);
    await caughtUp();
    expect((await read()).states).toMatchObject([{ events: 2 }]);
    await pool.query('UPDATE source_progress SET seq = seq + 100');
    expect(await caughtUp()).toBe(true);
    await addMany('n8n:a', 1);
    await caughtUp();
    expect((await read()).states).toMatchObject([{ events: 3 }]);
  });
});
