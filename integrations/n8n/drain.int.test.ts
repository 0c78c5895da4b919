import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DRAIN, SCHEDULER } from './testing/names.ts';
import { dueLead } from './testing/payloads.ts';
import { broken, nobodyThere, queueOf, type Stage, startStage } from './testing/stage.ts';

/** How Retry_Queue is emptied. */
let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());

describe(DRAIN, () => {
  /** Rows as the fallback of an outage leaves them. */
  async function queueOfAnOutage() {
    const world = stage.worldOf({ leads: [dueLead(6), dueLead(7)], answer: nobodyThere });
    await stage.execute(SCHEDULER, world);
    return queueOf(world);
  }

  test('writes what waits, keeps the original times, and never twice', async () => {
    const queue = await queueOfAnOutage();
    const world = stage.worldOf({ queue });
    const played = await stage.execute(DRAIN, world);
    expect(played.error).toBeUndefined();
    const rows = queueOf(world);
    expect(rows.map(({ fields }) => [fields.status, fields.last_error])).toEqual([
      ['done', ''],
      ['done', ''],
    ]);
    const payload = JSON.parse(String(rows[0]?.fields.payload));
    expect(await stage.storedUnder(payload.idempotencyKey)).toHaveLength(1);
    const { rows: stored } = await stage.app.database.pool.query('SELECT occurred_at FROM activity WHERE id = $1', [
      rows[0]?.fields.activity_id,
    ]);
    expect(stored[0].occurred_at.toISOString()).toBe(payload.timestamp);
    const again = stage.worldOf({ queue });
    await stage.execute(DRAIN, again);
    expect(queueOf(again).map(({ fields }) => fields.activity_id)).toEqual(
      rows.map(({ fields }) => fields.activity_id),
    );
    expect(world.slack).toEqual([]);
  });

  test('leaves what is refused, with the reason, and tells Slack once', async () => {
    const [good] = await queueOfAnOutage();
    const bad = { id: 'recBAD', fields: { queue_id: 'bad', payload: '{"eventType":"NO_SUCH_TYPE"}', retry_count: 2 } };
    const broken = { id: 'recBROKEN', fields: { queue_id: 'broken', payload: '[object Object]', retry_count: 0 } };
    const world = stage.worldOf({ queue: [bad, ...(good ? [good] : []), broken] });
    await stage.execute(DRAIN, world);
    const [refused, done, unreadable] = queueOf(world);
    expect(refused?.fields).toMatchObject({
      status: 'refused',
      last_error: expect.stringMatching(/^400 INVALID_INPUT: /),
    });
    expect(done?.fields.status).toBe('done');
    expect(unreadable?.fields).toMatchObject({ status: 'refused', last_error: 'the payload is not a JSON object' });
    expect(world.slack).toHaveLength(1);
    expect(world.slack[0]).toContain('Written: 1\nRefused, left in the queue with the reason: 2');
    expect(world.slack[0]).toContain('• bad: 400 INVALID_INPUT');
  });

  test('waits longer each time while the bridge is away, and tells Slack at the fifth try', async () => {
    const [row] = await queueOfAnOutage();
    if (!row) throw new Error('there is no row');
    const world = stage.worldOf({ queue: [row], answer: broken });
    const waits: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      const before = Date.now();
      await stage.execute(DRAIN, world);
      const fields = queueOf(world)[0]?.fields;
      expect(fields).toMatchObject({
        status: 'pending',
        retry_count: round + 1,
        last_error: '500 INTERNAL: Went wrong.',
      });
      waits.push(Math.round((Date.parse(String(fields?.next_retry_at)) - before) / 60_000));
    }
    expect(waits).toEqual([5, 10, 20, 40, 60, 60]);
    expect(world.slack).toHaveLength(1);
    expect(world.slack[0]).toContain('Still waiting after 5 tries: 1');
  });

  test('does nothing when nothing waits', async () => {
    const played = await stage.execute(DRAIN, stage.worldOf());
    expect(played.runs.map(({ node }) => node)).toEqual(['Every 5 Minutes', 'Find Due Rows']);
  });

  test('writes what the fallback of the older workflow queued', async () => {
    const payload = {
      eventType: 'MESSAGE_SENT',
      eventCategory: 'SMS',
      leadAirtableId: 'recABC123',
      description: 'SMS sent: Hey...',
      source: 'n8n:kJMMZ10anu4NqYUL',
      executionId: '28974',
      timestamp: '2025-11-07T08:15:05Z',
    };
    const row = { id: 'recOLD', fields: { queue_id: '28974-0', payload: JSON.stringify(payload), retry_count: 0 } };
    const world = stage.worldOf({ queue: [row] });
    await stage.execute(DRAIN, world);
    expect(queueOf(world)[0]?.fields).toMatchObject({ status: 'done' });
  });
});
