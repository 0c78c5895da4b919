import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { parseJson } from '#domain/json.ts';
import type { UserPrincipal } from '#domain/principal.ts';
import { quarantineFilter } from '#domain/quarantine.ts';
import { toSubmission } from '#doors/lead/log-activity.ts';
import { silentLogger } from '#platform/log.ts';
import { createManualClock } from '#testing/clock.ts';
import { createTestDoor, leadEvent, type TestDoor } from '#testing/lead-door.ts';
import { createRetryQueue } from './index.ts';

const clock = createManualClock(new Date('2025-11-07T08:00:00.000Z'));
const door: TestDoor = await createTestDoor(clock);
const queue = createRetryQueue({
  pool: door.book.pool,
  ingest: door.ingest,
  crm: door.crm,
  wake: door.wake,
  doors: { lead: toSubmission },
  clock,
  log: silentLogger,
});
const ALL = quarantineFilter.parse({});

let workspaceId: string;
let admin: UserPrincipal;

beforeEach(async () => {
  workspaceId = await door.book.makeWorkspace();
  const session = { kind: 'user', userId: 'u', sessionId: 's', superAdmin: false, role: 'ADMIN' } as const;
  admin = { ...session, email: 'ada@example.com', name: 'Ada', workspaceId };
});
afterAll(() => door.drop());

async function refuse(body: unknown): Promise<string> {
  const answer = await door.send(workspaceId, body);
  if (answer instanceof AppError && answer.quarantineId !== undefined) return answer.quarantineId;
  throw new Error(`not in quarantine: ${JSON.stringify(answer)}`);
}

/** Resolves when the replay does not run any more. */
async function ended(id: string) {
  for (;;) {
    const progress = await queue.progress(workspaceId, id);
    if (progress.state !== 'running') return progress;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function stored() {
  const sql = 'SELECT category, description, metadata FROM activity WHERE workspace_id = $1 ORDER BY description';
  return (await door.book.pool.query(sql, [workspaceId])).rows;
}

/** How many statements wait for a row of the quarantine. */
async function waiting(pool: TestDoor['book']['pool']): Promise<number> {
  const sql = `SELECT count(*) AS n FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%UPDATE quarantine%'`;
  return (await pool.query<{ n: number }>(sql)).rows[0]?.n ?? 0;
}

/** The mistake that a workflow makes in each of its events. */
const wrong = (i: number, values: Record<string, unknown> = {}) =>
  leadEvent({ eventCategory: 'BOOKING', description: `no ${String(i).padStart(3, '0')}`, ...values });

describe('the same correction for many', () => {
  test('brings all that match into the book, each with its own words, and keeps what came', async () => {
    const ids = [];
    for (let i = 0; i < 230; i += 1) ids.push(await refuse(wrong(i)));
    const other = await refuse(wrong(999, { source: 'n8n:other' }));
    const filter = quarantineFilter.parse({ sources: [leadEvent({}).source] });
    const correction = { eventCategory: 'SMS', metadata: { corrected: true } };

    expect(await queue.tryAll(workspaceId, filter, correction)).toEqual({
      matching: 230,
      tried: 100,
      accepted: 100,
      refusals: [],
    });
    expect(await stored()).toEqual([]);

    const { id } = await queue.replayAll(admin, filter, correction);
    expect(await ended(id)).toMatchObject({ state: 'done', total: 230, succeeded: 230, failed: 0 });
    const rows = await stored();
    expect(rows.map(({ description }) => description)).toEqual(ids.map((_, i) => `no ${String(i).padStart(3, '0')}`));
    expect(rows.every(({ category, metadata }) => category === 'SMS' && metadata.corrected === true)).toBe(true);

    const entry = await queue.get(workspaceId, ids[7] ?? '');
    expect(entry).toMatchObject({ state: 'replayed', isEdited: true, editedBy: 'ada@example.com' });
    expect(JSON.parse(entry.body)).toMatchObject({ eventCategory: 'BOOKING' });
    expect(JSON.parse(entry.editedBody ?? '')).toMatchObject({ eventCategory: 'SMS', description: 'no 007' });
    expect(await queue.get(workspaceId, other)).toMatchObject({ state: 'waiting', isEdited: false });
  });

  test('tried first says how many would still be refused, and why', async () => {
    for (let i = 0; i < 3; i += 1) await refuse(wrong(i));
    await refuse(wrong(3, { description: '' }));
    await refuse(wrong(4, { eventType: 'NEVER_HEARD_OF' }));
    const trial = await queue.tryAll(workspaceId, ALL, { eventCategory: 'SMS' });
    expect(trial).toMatchObject({ matching: 5, tried: 5, accepted: 3 });
    expect(trial.refusals.map(({ code, events }) => [code, events])).toEqual(
      expect.arrayContaining([
        ['INVALID_INPUT', 1],
        ['UNKNOWN_TYPE', 1],
      ]),
    );
    expect(await queue.tryAll(workspaceId, ALL)).toMatchObject({ matching: 5, accepted: 0 });
    const { waiting } = await queue.counts(workspaceId, ALL);
    expect(waiting).toBe(5);
  });

  test('stays in those that are refused all the same, and takes members away', async () => {
    const id = await refuse(wrong(0, { eventType: 'NEVER_HEARD_OF', campaign: 'x' }));
    const replay = await queue.replayAll(admin, ALL, { eventCategory: 'SMS', campaign: null });
    expect(await ended(replay.id)).toMatchObject({ succeeded: 0, failed: 1 });
    const entry = await queue.get(workspaceId, id);
    expect(entry).toMatchObject({ state: 'waiting', code: 'UNKNOWN_TYPE', isEdited: true });
    const body = JSON.parse(entry.editedBody ?? '');
    expect(body.eventCategory).toBe('SMS');
    expect(body).not.toHaveProperty('campaign');
  });

  test('keeps every digit of what it does not touch, and leaves alone what is no object', async () => {
    const digits = '{"eventType":"MESSAGE_SENT","source":"n8n:x","metadata":{"n":12345678901234567890}}';
    const id = await refuse(parseJson(digits));
    const list = await refuse(['no', 'object']);
    const replay = await queue.replayAll(admin, ALL, { eventCategory: 'SMS' });
    expect(await ended(replay.id)).toMatchObject({ succeeded: 0, failed: 2 });
    expect((await queue.get(workspaceId, id)).editedBody).toContain('12345678901234567890');
    expect(await queue.get(workspaceId, list)).toMatchObject({ isEdited: false, editedBody: null });
  });

  test('leaves alone what somebody edits meanwhile', async () => {
    const id = await refuse(wrong(0));
    const held = await door.book.pool.connect();
    try {
      await held.query('BEGIN');
      await held.query('SELECT FROM quarantine WHERE id = $1 FOR UPDATE', [id]);
      const replay = await queue.replayAll(admin, ALL, { eventCategory: 'SMS' });
      // It has read the entry and waits for its row.
      await expect.poll(() => waiting(door.book.pool), { timeout: 20_000 }).toBe(1);
      const edited = JSON.stringify(wrong(0, { eventCategory: 'CAMPAIGN' }));
      await held.query("UPDATE quarantine SET edited_body = $2, edited_by = 'grace', edited_at = now() WHERE id = $1", [
        id,
        edited,
      ]);
      await held.query('COMMIT');
      expect(await ended(replay.id)).toMatchObject({ state: 'done', succeeded: 0 });
    } finally {
      held.release();
    }
    expect(await queue.get(workspaceId, id)).toMatchObject({ state: 'waiting', editedBy: 'grace' });
    expect(await stored()).toEqual([]);
  });

  test('names the lead that an event waits for from then on', async () => {
    const id = await refuse(wrong(0, { eventType: 'NEVER_HEARD_OF', leadAirtableId: 'recWrong' }));
    const replay = await queue.replayAll(admin, ALL, { leadAirtableId: 'recRight' });
    await ended(replay.id);
    const { rows } = await door.book.pool.query('SELECT lead_keys FROM quarantine WHERE id = $1', [id]);
    expect(rows).toEqual([{ lead_keys: ['airtable:recRight'] }]);
  });
});
