import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { Principal, UserPrincipal } from '#domain/principal.ts';
import { quarantineFilter } from '#domain/quarantine.ts';
import { toSubmission } from '#doors/lead/log-activity.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log.ts';
import { createManualClock, type ManualClock } from '#testing/clock.ts';
import { createTestDoor, leadEvent, type TestDoor } from '#testing/lead-door.ts';
import { createRetryQueue } from './index.ts';
import { sweep } from './sweeper.ts';

/** Events in the book whose lead is unknown for too long, where the workspace wants to be asked. */
const DAY = 24 * 3_600_000;
let clock: ManualClock = createManualClock(new Date());
const door: TestDoor = await createTestDoor();
const { pool } = door.book;
const deps = () => ({
  pool,
  ingest: door.ingest,
  crm: door.crm,
  wake: door.wake,
  doors: { lead: toSubmission },
  clock,
  log: silentLogger,
});
let queue: ReturnType<typeof createRetryQueue>;
let workspaceId: string;
let admin: UserPrincipal;

beforeEach(async () => {
  clock = createManualClock(new Date());
  queue = createRetryQueue(deps());
  await pool.query('UPDATE workspace SET unknown_lead_days = NULL');
  workspaceId = await door.book.makeWorkspace();
  const session = { kind: 'user', userId: crypto.randomUUID(), sessionId: 's', superAdmin: false } as const;
  admin = { ...session, role: 'ADMIN', email: 'ada@example.com', name: 'Ada', workspaceId };
});
afterAll(() => door.drop());

const askAfter = (days: number) =>
  pool.query('UPDATE workspace SET unknown_lead_days = $2 WHERE id = $1', [workspaceId, days]);
const look = () => sweep(deps(), undefined, true);
const waiting = async () =>
  (await queue.list(workspaceId, quarantineFilter.parse({}), { limit: 50 })).rows.toSorted((a, b) =>
    String(a.unknownLead).localeCompare(String(b.unknownLead)),
  );
const send = (values: Readonly<Record<string, unknown>>) => door.send(workspaceId, leadEvent(values));
const counted = async () =>
  (await pool.query('SELECT count(*) AS count FROM activity WHERE workspace_id = $1', [workspaceId])).rows[0].count;

describe('unknown leads', () => {
  test('are asked about only where the workspace says so, and only after its days', async () => {
    await send({ leadAirtableId: 'recNobody' });
    await clock.advance(30 * DAY);
    await look();
    expect(await waiting()).toEqual([]);
    await askAfter(31);
    await look();
    expect(await waiting()).toEqual([]);
    await clock.advance(2 * DAY);
    await look();
    expect(await waiting()).toHaveLength(1);
  });

  test('one entry for each reference, which names its first event; the book is as it was', async () => {
    await askAfter(7);
    const first = await send({ leadAirtableId: 'recNobody', timestamp: '2025-11-07T08:00:00Z', messageContent: 'Hey' });
    await send({ leadAirtableId: 'recNobody' });
    await send({ leadAirtableId: null, leadEmail: 'No.Body@example.com' });
    await send({ leadAirtableId: null, leadPhone: '+1 408 555 0199' });
    await door.book.makeLead(workspaceId, { airtableRecordId: 'recKnown' });
    await send({ leadAirtableId: 'recKnown' });
    await clock.advance(8 * DAY);
    await look();
    expect(await waiting()).toMatchObject([
      {
        unknownLead: 'airtable:recNobody',
        code: 'UNKNOWN_LEAD',
        message: expect.stringContaining('No lead has the Airtable id recNobody.'),
        activityId: 'activityId' in first ? first.activityId : '',
        type: 'MESSAGE_SENT',
        source: 'test:door',
        repeats: 1,
        originalOccurredAt: '2025-11-07T08:00:00.000Z',
        nextRetryAt: null,
      },
      { unknownLead: 'email:no.body@example.com', repeats: 0 },
      { unknownLead: 'phone:4085550199', repeats: 0 },
    ]);
    const [entry] = await waiting();
    expect(JSON.parse((await queue.get(workspaceId, entry?.id ?? '')).body)).toMatchObject({
      eventType: 'MESSAGE_SENT',
      leadAirtableId: 'recNobody',
      messageContent: 'Hey',
      timestamp: '2025-11-07T08:00:00.000Z',
    });
    await look();
    expect(await waiting()).toHaveLength(3);
    expect(await counted()).toBe(5);
  });

  test('further events under the same reference are counted with it', async () => {
    await askAfter(1);
    await send({ leadAirtableId: 'recNobody' });
    await clock.advance(2 * DAY);
    await look();
    await send({ leadAirtableId: 'recNobody' });
    await clock.advance(2 * DAY);
    await look();
    expect(await waiting()).toMatchObject([{ unknownLead: 'airtable:recNobody', repeats: 1 }]);
  });

  /** An entry that asks about recNobody, with two events. */
  async function asked(): Promise<string> {
    await askAfter(1);
    await send({ leadAirtableId: 'recNobody' });
    await send({ leadAirtableId: 'recNobody' });
    await clock.advance(2 * DAY);
    await look();
    const [entry] = await waiting();
    if (!entry) throw new Error('nothing was asked');
    return entry.id;
  }
  const eventsOf = async (leadId: string) =>
    (
      await pool.query(
        `SELECT count(*) AS count FROM activity a JOIN lead_identity i ON i.workspace_id = a.workspace_id
           AND i.subject_key = a.subject_key AND a.recorded_at >= i.from_at AND a.recorded_at < i.to_at
         WHERE i.lead_id = $1 AND a.type = 'MESSAGE_SENT'`,
        [leadId],
      )
    ).rows[0].count;

  test('linked to a lead: its events are in that history, and nothing is written twice', async () => {
    const id = await asked();
    const leadId = await door.book.makeLead(workspaceId, { email: 'known@example.com', firstName: 'Kim' });
    const before = await counted();
    const receipt = await queue.linkLead(admin, id, leadId);
    expect(await queue.get(workspaceId, id)).toMatchObject({
      state: 'replayed',
      resolvedBy: 'ada@example.com',
      resolvedActivityId: receipt.activityId,
    });
    expect(await eventsOf(leadId)).toBe(2);
    expect(await counted()).toBe(before + 1);
    const { rows } = await pool.query(
      "SELECT metadata FROM activity WHERE type = 'lead.identified' AND workspace_id = $1",
      [workspaceId],
    );
    expect(rows[0].metadata).toMatchObject({
      keys: ['airtable:recNobody'],
      earlier_activities: 2,
      linked_by_email: 'ada@example.com',
    });
    await expect(queue.linkLead(admin, id, leadId)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('answered by a new lead', async () => {
    const id = await asked();
    await queue.createLead(admin, id, { firstName: 'Noa', email: 'noa@example.com' });
    const { rows } = await pool.query('SELECT id, airtable_record_id, first_name FROM leads WHERE workspace_id = $1', [
      workspaceId,
    ]);
    expect(rows).toMatchObject([{ airtable_record_id: 'recNobody', first_name: 'Noa' }]);
    expect(await eventsOf(rows[0].id)).toBe(2);
    expect((await queue.get(workspaceId, id)).state).toBe('replayed');
    await expect(queue.createLead(admin, id, { email: 'nonsense' })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('answered by themselves when the lead appears', async () => {
    const id = await asked();
    await door.crm.upsertLeads(admin, { items: [{ airtableRecordId: 'recNobody', firstName: 'Late' }] });
    await look();
    expect(await queue.get(workspaceId, id)).toMatchObject({ state: 'replayed', resolvedBy: 'automatic retry' });
  });

  test('dismissed with a reason they are not asked about again', async () => {
    const id = await asked();
    await queue.discard(admin, id, 'a test of the workflow');
    await send({ leadAirtableId: 'recNobody' });
    await clock.advance(2 * DAY);
    await look();
    expect(await waiting()).toEqual([]);
    await queue.restore(admin, id);
    expect(await waiting()).toHaveLength(1);
  });

  test('cannot be edited, nor replayed into a second event', async () => {
    const id = await asked();
    const before = await counted();
    await expect(queue.edit(admin, id, leadEvent())).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(queue.replay(admin, id)).rejects.toMatchObject({ code: 'UNKNOWN_LEAD', quarantineId: id });
    expect(await queue.check(workspaceId, id)).toMatchObject({ ok: false, code: 'UNKNOWN_LEAD' });
    expect(await counted()).toBe(before);
  });

  test('a key that may not write leads makes and links none', async () => {
    const id = await asked();
    const leadId = await door.book.makeLead(workspaceId);
    const key = { kind: 'key', keyId: newId(0), name: 'operators', workspaceId } as const;
    const narrow: Principal = { ...key, scopes: ['quarantine:manage'] };
    await expect(queue.linkLead(narrow, id, leadId)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(queue.createLead(narrow, id, { firstName: 'Ada' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await eventsOf(leadId)).toBe(0);
    await queue.linkLead({ ...key, scopes: ['quarantine:manage', 'leads:write'] }, id, leadId);
    expect(await eventsOf(leadId)).toBe(2);
  });

  test('a lead of another workspace, an archived one, and one that has the reference by now are refused', async () => {
    const id = await asked();
    const foreign = await door.book.makeLead(await door.book.makeWorkspace());
    await expect(queue.linkLead(admin, id, foreign)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const archived = await door.book.makeLead(workspaceId);
    await door.crm.archiveLead(admin, { leadId: archived });
    await expect(queue.linkLead(admin, id, archived)).rejects.toMatchObject({ code: 'CONFLICT' });
    const leadId = await door.book.makeLead(workspaceId, { airtableRecordId: 'recNobody' });
    const other = await door.book.makeLead(workspaceId);
    await expect(queue.linkLead(admin, id, other)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await eventsOf(leadId)).toBe(2);
  });

  test('other entries have no lead to link', async () => {
    const answer = await send({ eventType: 'NOT_YET' });
    const id = 'quarantineId' in answer ? (answer.quarantineId ?? '') : '';
    const leadId = await door.book.makeLead(workspaceId);
    await expect(queue.linkLead(admin, id, leadId)).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});
