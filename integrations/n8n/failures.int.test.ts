import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CALENDLY, REPLIES, SCHEDULER } from './testing/names.ts';
import { calendlyCreated, dueLead, simpleTextingMessage, webhookItem } from './testing/payloads.ts';
import { broken, nobodyThere, prepared, queueOf, type Stage, startStage } from './testing/stage.ts';

/** What becomes of an entry that the bridge does not take. */
let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());

describe('when the bridge does not take an entry', () => {
  test.each([
    ['is not there', nobodyThere, 'no answer: connect ECONNREFUSED'],
    ['answers 500', broken, '500 INTERNAL: Went wrong.'],
    ['answers 429', () => ({ status: 429, text: '{"code":"RATE_LIMITED","message":"Too many."}' }), '429 RATE_LIMITED'],
    ['answers 401', () => ({ status: 401, text: '{"code":"UNAUTHENTICATED","message":"No."}' }), '401 UNAUTHENTICATED'],
  ])(
    '%s: three tries, then the prepared entry waits in Retry_Queue, and Slack is told',
    async (_what, answer, reason) => {
      const world = stage.worldOf({ answer });
      const played = await stage.execute(REPLIES, world, webhookItem(simpleTextingMessage('Hello')));
      expect(played.error).toBeUndefined();
      expect(played.runs.find(({ node }) => node === 'Write to Activity Log')?.tries).toBe(3);
      const [row] = queueOf(world);
      const [entry] = prepared(played);
      expect(JSON.parse(String(row?.fields.payload))).toEqual(entry);
      expect(row?.fields).toMatchObject({
        queue_id: entry?.idempotencyKey,
        operation_type: 'activity_log',
        lead_id: '4085550134',
        retry_count: 0,
      });
      expect(Date.parse(String(row?.fields.next_retry_at)) - Date.parse(String(row?.fields.created_at))).toBe(300_000);
      expect(world.slack).toHaveLength(1);
      expect(world.slack[0]).toContain(
        `⚠️ Activity Log Failed\n\nExecution: ${stage.executionId}\nLead: 4085550134\nEvent: INBOUND_REPLY\nReason: ${reason}`,
      );
      expect(world.slack[0]).toMatch(/Written to Retry_Queue\.$/);
    },
  );

  test('every lead of a loop gets its row, and the loop ends', async () => {
    const world = stage.worldOf({ leads: [dueLead(1), dueLead(2), dueLead(3)], answer: nobodyThere });
    const played = await stage.execute(SCHEDULER, world);
    expect(played.error).toBeUndefined();
    expect(world.sms).toHaveLength(3);
    const payloads = queueOf(world).map(({ fields }) => JSON.parse(String(fields.payload)));
    expect(payloads).toEqual(prepared(played));
    expect(new Set(payloads.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(3);
    expect(world.slack).toHaveLength(3);
  });

  test('an entry that it refuses is not queued: Slack is told why', async () => {
    const conflict = { ...simpleTextingMessage('One text'), values: { ...simpleTextingMessage('One text').values } };
    const world = stage.worldOf();
    await stage.execute(REPLIES, world, webhookItem(conflict));
    conflict.values.text = 'Another text under the same message id';
    const played = await stage.execute(REPLIES, world, webhookItem(conflict));
    expect(played.error).toBeUndefined();
    expect(queueOf(world)).toEqual([]);
    expect(world.slack[0]).toContain('Reason: 409 IDEMPOTENCY_CONFLICT: ');
    expect(world.slack[0]).toContain('the book has an event under this key, with other content');
  });

  test('an entry in quarantine is told with its place there', async () => {
    const world = stage.worldOf();
    const created = {
      ...calendlyCreated,
      created_at: '1999-12-31T00:00:00Z',
      payload: { ...calendlyCreated.payload, uri: 'https://c.example/i/2' },
    };
    await stage.execute(CALENDLY, world, webhookItem(created));
    expect(queueOf(world)).toEqual([]);
    expect(world.slack[0]).toMatch(
      /Reason: 422 IMPOSSIBLE_TIME: .*In quarantine as [0-9a-f-]{36}: see \/admin\/retry-queue\.$/s,
    );
  });

  test('Airtable fails too: Slack says that it is not in the queue', async () => {
    const world = stage.worldOf({ answer: nobodyThere });
    world.down.add('airtable');
    const played = await stage.execute(REPLIES, world, webhookItem(simpleTextingMessage('Hello')));
    expect(played.error).toBeUndefined();
    expect(world.slack[0]).toContain('NOT written to Retry_Queue');
  });

  test('Slack fails too: the execution fails, and says where the entry is', async () => {
    const world = stage.worldOf({ answer: nobodyThere });
    world.down.add('airtable').add('slack');
    const played = await stage.execute(REPLIES, world, webhookItem(simpleTextingMessage('Hello')));
    expect(played.error?.message).toContain('could not be logged, and Slack could not be told');
  });
});
