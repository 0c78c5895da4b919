import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '#domain/errors.ts';
import type { UserPrincipal } from '#domain/principal.ts';
import { toSubmission } from '#doors/lead/log-activity.ts';
import { systemClock } from '#platform/clock.ts';
import { silentLogger } from '#platform/log.ts';
import { createTestDoor, leadEvent } from '#testing/lead-door.ts';
import { createRetryQueue } from './index.ts';
import { sweep } from './sweeper.ts';

/** What waits for a lead is tried the moment that the lead appears, gets a key, or is told from another. */
const door = await createTestDoor();
const { pool } = door.book;
const deps = {
  pool,
  ingest: door.ingest,
  crm: door.crm,
  wake: door.wake,
  doors: { lead: toSubmission },
  clock: systemClock,
  log: silentLogger,
};
const queue = createRetryQueue(deps);
let workspaceId: string;
let admin: UserPrincipal;

beforeEach(async () => {
  workspaceId = await door.book.makeWorkspace();
  const session = { kind: 'user', userId: crypto.randomUUID(), sessionId: 's', superAdmin: false } as const;
  admin = { ...session, role: 'ADMIN', email: 'ada@example.com', name: 'Ada', workspaceId };
});
afterAll(() => door.drop());

async function refuse(values: Readonly<Record<string, unknown>>): Promise<string> {
  const answer = await door.send(workspaceId, leadEvent({ leadAirtableId: null, ...values }));
  if (answer instanceof AppError && answer.quarantineId !== undefined) return answer.quarantineId;
  throw new Error(`not in quarantine: ${JSON.stringify(answer)}`);
}
const read = (id: string) => queue.get(workspaceId, id);
const upsert = (...items: readonly object[]) => door.crm.upsertLeads(admin, { items });
const twins = () =>
  upsert(
    { airtableRecordId: 'recOne', email: 'two@example.com' },
    { airtableRecordId: 'recTwo', email: 'two@example.com' },
  );

describe('an entry that waits for a lead', () => {
  test('is not due before its time when nothing has changed', async () => {
    await twins();
    const id = await refuse({ leadEmail: 'two@example.com' });
    await upsert({ airtableRecordId: 'recOther', email: 'other@example.com' });
    expect(await sweep(deps)).toMatchObject({ stored: 0 });
    expect(await read(id)).toMatchObject({ code: 'AMBIGUOUS_LEAD', retryCount: 0, state: 'waiting' });
  });

  test('is stored when one of two leads gets another e-mail address', async () => {
    await twins();
    const id = await refuse({ leadEmail: 'Two@example.com' });
    await upsert({ airtableRecordId: 'recTwo', email: 'second@example.com' });
    expect(await sweep(deps)).toMatchObject({ stored: 1 });
    expect(await read(id)).toMatchObject({ state: 'replayed', resolvedBy: 'automatic retry' });
  });

  test('is stored when one of two leads is archived', async () => {
    const [, second] = await twins();
    const id = await refuse({ leadEmail: 'two@example.com' });
    await door.crm.archiveLead(admin, { leadId: second?.leadId ?? '' });
    expect(await sweep(deps)).toMatchObject({ stored: 1 });
    expect(await read(id)).toMatchObject({ state: 'replayed' });
  });

  test('is stored when the references that named different leads agree', async () => {
    await upsert(
      { airtableRecordId: 'recOne', email: 'one@example.com' },
      { airtableRecordId: 'recTwo', phone: '4085550100' },
    );
    const id = await refuse({ leadAirtableId: 'recOne', leadPhone: '+1 (408) 555-0100' });
    expect((await read(id)).code).toBe('LEAD_MISMATCH');
    await upsert({ airtableRecordId: 'recTwo', phone: '4085550101' });
    expect(await sweep(deps)).toMatchObject({ stored: 1 });
  });

  test('keeps its next try, and counts none, when it still does not fit', async () => {
    await twins();
    const id = await refuse({ leadEmail: 'two@example.com' });
    const { nextRetryAt } = await read(id);
    await upsert({ airtableRecordId: 'recThree', email: 'two@example.com' });
    expect(await sweep(deps)).toMatchObject({ stored: 0 });
    expect(await read(id)).toMatchObject({ nextRetryAt, retryCount: 0, state: 'waiting' });
    const { rows } = await pool.query('SELECT woken_at FROM quarantine WHERE id = $1', [id]);
    expect(rows).toEqual([{ woken_at: null }]);
  });

  test('follows its correction: the lead that it names now', async () => {
    await twins();
    const id = await refuse({ leadEmail: 'two@example.com' });
    const leadId = crypto.randomUUID();
    await queue.edit(admin, id, leadEvent({ leadAirtableId: null, leadId }));
    await sweep(deps);
    expect((await read(id)).code).toBe('AMBIGUOUS_LEAD');
    await pool.query('INSERT INTO leads (id, workspace_id) VALUES ($1, $2)', [leadId, workspaceId]);
    expect(await sweep(deps)).toMatchObject({ stored: 1 });
  });

  test('is tried by the running service within moments, not at its next turn', async () => {
    await queue.start();
    await twins();
    const id = await refuse({ leadEmail: 'two@example.com' });
    await upsert({ airtableRecordId: 'recTwo', email: 'second@example.com' });
    await expect.poll(async () => (await read(id)).state, { timeout: 10_000 }).toBe('replayed');
    await queue.stop();
  });

  test('of another workspace is left alone', async () => {
    await twins();
    const id = await refuse({ leadEmail: 'two@example.com' });
    const there = { ...admin, workspaceId: await door.book.makeWorkspace() };
    await door.crm.upsertLeads(there, { items: [{ airtableRecordId: 'recTwo', email: 'two@example.com' }] });
    expect(await sweep(deps)).toMatchObject({ stored: 0 });
    expect((await read(id)).state).toBe('waiting');
  });
});
