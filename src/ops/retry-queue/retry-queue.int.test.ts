import { afterAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { AppError } from '#domain/errors.ts';
import type { UserPrincipal } from '#domain/principal.ts';
import { quarantineFilter } from '#domain/quarantine.ts';
import { toSubmission } from '#doors/lead/log-activity.ts';
import { silentLogger } from '#platform/log.ts';
import { createManualClock, type ManualClock } from '#testing/clock.ts';
import { createTestDoor, leadEvent, type TestDoor } from '#testing/lead-door.ts';
import { createRetryQueue } from './index.ts';
import { sweep } from './sweeper.ts';

const MINUTE = 60_000;
const RECEIVED = new Date('2025-11-07T08:00:00.000Z');

/** One book for all; each test in a workspace of its own, with a clock of its own. */
let clock: ManualClock = createManualClock(RECEIVED);
const door: TestDoor = await createTestDoor({
  now: () => clock.now(),
  monotonicMs: () => clock.monotonicMs(),
  sleep: (ms, signal) => clock.sleep(ms, signal),
});
const deps = () => ({
  pool: door.book.pool,
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
  // What others left there would be swept, too.
  await door.book.pool.query('DELETE FROM quarantine');
  clock = createManualClock(RECEIVED);
  queue = createRetryQueue(deps());
  workspaceId = await door.book.makeWorkspace();
  admin = adminOf(workspaceId);
});
afterAll(() => door.drop());

function adminOf(workspace: string): UserPrincipal {
  const session = { kind: 'user', userId: 'u', sessionId: 's', superAdmin: false, role: 'ADMIN' } as const;
  return { ...session, email: 'ada@example.com', name: 'Ada', workspaceId: workspace };
}

const filterOf = (values: Parameters<typeof quarantineFilter.parse>[0] = {}) => quarantineFilter.parse(values);

/** Sends a body that is refused; gives the id under which it is kept. */
async function refuse(body: unknown, idempotencyKey?: string): Promise<string> {
  const answer = await door.send(workspaceId, body, idempotencyKey);
  if (answer instanceof AppError && answer.quarantineId !== undefined) return answer.quarantineId;
  throw new Error(`not in quarantine: ${JSON.stringify(answer)}`);
}

async function activities(workspace = workspaceId): Promise<Record<string, unknown>[]> {
  const sql = 'SELECT * FROM activity WHERE workspace_id = $1 ORDER BY seq';
  return (await door.book.pool.query(sql, [workspace])).rows;
}

/**
 * Holds the entries that wait, as somebody who changes them does in that moment: a replay that has begun stands still
 * before it writes down what became of its first ones, until they are let go.
 */
async function holdEntries() {
  const client = await door.book.pool.connect();
  await client.query('BEGIN');
  const { rows } = await client.query(
    "SELECT pg_backend_pid() AS pid FROM quarantine WHERE workspace_id = $1 AND state = 'waiting' FOR UPDATE",
    [workspaceId],
  );
  const waiting = 'SELECT FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))';
  let isHeld = true;
  const letGo = async () => {
    if (!isHeld) return;
    isHeld = false;
    await client.query('COMMIT');
    client.release();
  };
  onTestFinished(letGo);
  return {
    letGo,
    async untilAwaited() {
      while ((await door.book.pool.query(waiting, [rows[0]?.pid])).rowCount === 0);
    },
  };
}

/** Resolves when it does not run any more. */
async function ended(id: string) {
  for (;;) {
    const progress = await queue.progress(workspaceId, id);
    if (progress.state !== 'running') return progress;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const page = { limit: 50 };

describe('the list', () => {
  test('narrows by state, reason, type, source, time and words, and pages by a cursor', async () => {
    const first = await refuse(leadEvent({ eventType: 'NOT_YET', source: 'n8n:a', description: 'Hello 50%_off' }));
    await clock.advance(MINUTE);
    const second = await refuse(leadEvent({ eventCategory: 'BOOKING', source: 'n8n:b' }));
    await clock.advance(MINUTE);
    const third = await refuse({ nothing: 'at all' });
    const ids = async (values: Parameters<typeof filterOf>[0]) =>
      (await queue.list(workspaceId, filterOf(values), page)).rows.map(({ id }) => id);
    expect(await ids({})).toEqual([third, second, first]);
    expect(await ids({ codes: ['UNKNOWN_TYPE', 'CATEGORY_MISMATCH'] })).toEqual([second, first]);
    expect(await ids({ types: ['NOT_YET'] })).toEqual([first]);
    expect(await ids({ sources: ['n8n:b'] })).toEqual([second]);
    expect(await ids({ search: 'hello 50%_OFF' })).toEqual([first]);
    expect(await ids({ search: 'hello 50%x' })).toEqual([]);
    expect(await ids({ search: first })).toEqual([first]);
    expect(await ids({ from: '2025-11-07T08:01:00Z', before: '2025-11-07T08:02:00Z' })).toEqual([second]);
    expect(await ids({ state: 'discarded' })).toEqual([]);
    const one = await queue.list(workspaceId, filterOf(), { limit: 2 });
    expect(one).toMatchObject({ total: 3, totalIsCapped: false, nextCursor: expect.any(String) });
    const two = await queue.list(workspaceId, filterOf(), { limit: 2, cursor: one.nextCursor ?? '' });
    expect(two).toMatchObject({ rows: [{ id: first }], nextCursor: null });
    await expect(queue.list(workspaceId, filterOf(), { limit: 2, cursor: 'x' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    expect(await queue.counts(workspaceId, filterOf({ state: 'replayed', sources: ['n8n:a'] }))).toEqual({
      waiting: 1,
      replayed: 0,
      discarded: 0,
    });
    expect((await queue.facets(workspaceId, 'waiting')).types).toEqual([
      { value: 'MESSAGE_SENT', count: 1 },
      { value: 'NOT_YET', count: 1 },
    ]);
  });

  test('and everything else is of one workspace alone', async () => {
    const id = await refuse({ nothing: 'at all' });
    const other = adminOf(await door.book.makeWorkspace());
    const { workspaceId: there } = other;
    const missing = { code: 'NOT_FOUND' };
    expect((await queue.list(there, filterOf({ ids: [id] }), page)).rows).toEqual([]);
    await expect(queue.get(there, id)).rejects.toMatchObject(missing);
    await expect(queue.check(there, id)).rejects.toMatchObject(missing);
    await expect(queue.edit(other, id, {})).rejects.toMatchObject(missing);
    await expect(queue.replay(other, id)).rejects.toMatchObject(missing);
    await expect(queue.discard(other, id, 'no')).rejects.toMatchObject(missing);
    await expect(queue.restore(other, id)).rejects.toMatchObject(missing);
    expect(await queue.discardAll(other, filterOf({ ids: [id] }), 'no')).toEqual({ discarded: 0 });
    expect(await queue.get(workspaceId, id)).toMatchObject({ state: 'waiting' });
  });
});

describe('a corrected event', () => {
  test('is stored once, at its original time, and names where it came from', async () => {
    const id = await refuse(leadEvent({ eventCategory: 'BOOKING', timestamp: '2025-03-01T10:00:00Z' }));
    expect(await queue.check(workspaceId, id)).toMatchObject({ ok: false, code: 'CATEGORY_MISMATCH' });
    const body = leadEvent({ timestamp: '2025-03-01T10:00:00Z', metadata: { step: 1 } });
    expect(await queue.check(workspaceId, id, { ...body, source: '' })).toMatchObject({
      ok: false,
      issues: [{ path: 'source' }],
    });
    expect(await queue.check(workspaceId, id, body)).toEqual({ ok: true });
    await queue.edit(admin, id, body);
    expect(await queue.get(workspaceId, id)).toMatchObject({
      isEdited: true,
      editedBy: 'ada@example.com',
      editedBody: JSON.stringify(body),
      body: expect.stringContaining('BOOKING'),
    });
    await clock.advance(MINUTE);
    const receipt = await queue.replay(admin, id);
    expect(receipt).toMatchObject({ status: 'stored', timestamp: '2025-03-01T10:00:00.000Z' });
    expect(await queue.replay(admin, id)).toEqual({ ...receipt, status: 'duplicate' });
    const stored = await activities();
    expect(stored).toMatchObject([{ id: receipt.activityId, metadata: { step: 1, quarantine_id: id } }]);
    expect(await queue.get(workspaceId, id)).toMatchObject({
      state: 'replayed',
      resolvedActivityId: receipt.activityId,
      resolvedBy: 'ada@example.com',
      resolvedAt: '2025-11-07T08:01:00.000Z',
    });
    await expect(queue.edit(admin, id, body)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(queue.discard(admin, id, 'no')).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('without a time of its own happened when it came', async () => {
    const id = await refuse(leadEvent({ eventCategory: 'BOOKING' }));
    await clock.advance(60 * MINUTE);
    await queue.edit(admin, id, leadEvent());
    expect(await queue.replay(admin, id)).toMatchObject({ timestamp: RECEIVED.toISOString() });
  });

  test('is stored once when many replay it at the same time', async () => {
    const id = await refuse(leadEvent({ eventCategory: 'BOOKING' }));
    await queue.edit(admin, id, leadEvent());
    const receipts = await Promise.all(Array.from({ length: 8 }, () => queue.replay(admin, id)));
    expect(new Set(receipts.map(({ activityId }) => activityId)).size).toBe(1);
    expect(await activities()).toHaveLength(1);
  });

  test('that is still wrong goes on waiting, and says what is wrong now', async () => {
    const id = await refuse(leadEvent({ eventCategory: 'BOOKING' }));
    await queue.edit(admin, id, leadEvent({ timestamp: '1970-01-01T00:00:00Z' }));
    await expect(queue.replay(admin, id)).rejects.toMatchObject({ code: 'IMPOSSIBLE_TIME', quarantineId: id });
    expect(await queue.get(workspaceId, id)).toMatchObject({
      state: 'waiting',
      code: 'IMPOSSIBLE_TIME',
      retryCount: 1,
      nextRetryAt: null,
      issues: [{ path: 'timestamp' }],
    });
    expect(await activities()).toEqual([]);
  });

  test('keeps the key of its caller, whose next try is a duplicate', async () => {
    const body = leadEvent({ eventType: 'LATER_KNOWN' });
    const id = await refuse(body, 'n8n-7');
    await door.types.register(workspaceId, { name: 'LATER_KNOWN', category: 'SMS', label: 'Later' });
    const { activityId } = await queue.replay(admin, id);
    expect(await door.send(workspaceId, body, 'n8n-7')).toMatchObject({ status: 'duplicate', activityId });
    expect(await activities()).toHaveLength(1);
  });

  test('whose key was taken by another body is an event of its own when it was acknowledged', async () => {
    await door.send(workspaceId, leadEvent(), 'taken');
    const activity = { ...toSubmission(leadEvent(), { workspaceId, userId: undefined }), category: 'SMS' };
    const idempotency = { key: 'key:taken', bodyHash: 'another' };
    const { idempotencyKey, bodyHash, ...rest } = activity;
    const id = '019ab000-0000-7000-8000-000000000001';
    const error = new AppError('IDEMPOTENCY_CONFLICT');
    await door.quarantine.keepRefused({ activity: { ...rest, id, occurredAt: RECEIVED, idempotency }, error });
    const [entry] = (await queue.list(workspaceId, filterOf(), page)).rows;
    expect(entry).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', idempotencyKey: 'taken' });
    expect(await queue.replay(admin, entry?.id ?? '')).toMatchObject({ status: 'stored' });
    expect(await activities()).toHaveLength(2);
  });
});

describe('a discarded event', () => {
  test('keeps its reason, is not tried again, and can be taken back', async () => {
    const id = await refuse(leadEvent({ eventType: 'NOT_YET' }));
    const discarded = { state: 'discarded', discardReason: 'a test', resolvedBy: 'ada@example.com', nextRetryAt: null };
    expect(await queue.discard(admin, id, 'a test')).toMatchObject(discarded);
    await expect(queue.replay(admin, id)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await queue.restore(admin, id)).toMatchObject({ state: 'waiting', discardReason: null });
    await expect(queue.restore(admin, id)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('that came again meanwhile is not taken back', async () => {
    const body = leadEvent({ eventType: 'NOT_YET' });
    const id = await refuse(body);
    await queue.discard(admin, id, 'a test');
    expect(await refuse(body)).not.toBe(id);
    await expect(queue.restore(admin, id)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('is one of all that match', async () => {
    for (const source of ['a', 'a', 'b']) await refuse(leadEvent({ source, eventCategory: 'BOOKING' }));
    expect(await queue.discardAll(admin, filterOf({ sources: ['a'] }), 'noise')).toEqual({ discarded: 2 });
    expect(await queue.counts(workspaceId, filterOf())).toEqual({ waiting: 1, replayed: 0, discarded: 2 });
  });
});

describe('a replay of all that match', () => {
  test('brings in what it can, in the order in which it came, and tells how far it is', async () => {
    for (let i = 0; i < 250; i += 1) {
      await clock.advance(1);
      await refuse(leadEvent({ eventType: 'IN_BULK', description: `no ${i}` }));
    }
    const bad = await refuse(leadEvent({ eventType: 'IN_BULK', eventCategory: 'BOOKING' }));
    await refuse({ nothing: 'at all' });
    await door.types.register(workspaceId, { name: 'IN_BULK', category: 'SMS', label: 'In bulk' });
    const begun = await queue.replayAll(admin, filterOf({ types: ['IN_BULK'] }));
    expect(begun).toMatchObject({ state: 'running', total: 251, processed: 0, startedBy: 'ada@example.com' });
    expect(await ended(begun.id)).toMatchObject({
      state: 'done',
      total: 251,
      processed: 251,
      succeeded: 250,
      failed: 1,
    });
    const descriptions = (await activities()).map(({ description }) => description);
    expect(descriptions).toEqual(Array.from({ length: 250 }, (_, i) => `no ${i}`));
    expect(await queue.get(workspaceId, bad)).toMatchObject({ state: 'waiting', code: 'CATEGORY_MISMATCH' });
    expect(await queue.counts(workspaceId, filterOf())).toEqual({ waiting: 2, replayed: 250, discarded: 0 });
    expect(await queue.replays(workspaceId)).toMatchObject([{ id: begun.id, state: 'done' }]);
  });

  /** A replay of 220 entries, in three goes, that stands still in the first one. */
  async function beginHeld() {
    await Promise.all(Array.from({ length: 220 }, () => refuse(leadEvent({ eventType: 'CUT_OFF' }))));
    await door.types.register(workspaceId, { name: 'CUT_OFF', category: 'SMS', label: 'Cut off' });
    await queue.start();
    const held = await holdEntries();
    const { id } = await queue.replayAll(admin, filterOf({ types: ['CUT_OFF'] }));
    await held.untilAwaited();
    return { id, held };
  }

  test('is taken on by another process when its own ends, after what is under way', async () => {
    const { id, held } = await beginHeld();
    const stopped = queue.stop();
    await held.letGo();
    await stopped;
    expect(await queue.progress(workspaceId, id)).toMatchObject({ state: 'running', processed: 100 });
    const other = createRetryQueue(deps());
    await other.start();
    expect(await ended(id)).toMatchObject({ state: 'done', processed: 220, succeeded: 220, failed: 0 });
    await other.stop();
    expect(await activities()).toHaveLength(220);
  });

  test('can be cancelled, ends after what is under way, and leaves the rest to another one', async () => {
    const { id, held } = await beginHeld();
    expect(await queue.cancel(workspaceId, id)).toMatchObject({ state: 'cancelled', processed: 0 });
    await held.letGo();
    while ((await queue.progress(workspaceId, id)).processed === 0);
    const next = await queue.replayAll(admin, filterOf());
    expect(await ended(next.id)).toMatchObject({ state: 'done', total: 120, succeeded: 120 });
    await queue.stop();
    expect(await queue.progress(workspaceId, id)).toMatchObject({ state: 'cancelled', processed: 100 });
    expect(await activities()).toHaveLength(220);
  });

  test('that is over cannot be cancelled any more', async () => {
    await refuse({ nothing: 'at all' });
    const { id } = await queue.replayAll(admin, filterOf());
    expect(await ended(id)).toMatchObject({ state: 'done' });
    expect(await queue.cancel(workspaceId, id)).toMatchObject({ state: 'done' });
  });
});

describe('what can heal by itself', () => {
  test('is replayed at once when its type is registered', async () => {
    const id = await refuse(leadEvent({ eventType: 'NEW_TYPE' }));
    await refuse(leadEvent({ eventType: 'OTHER_TYPE' }));
    expect(await queue.typeRegistered(admin, 'NOBODY_WAITS')).toBeUndefined();
    await door.types.register(workspaceId, { name: 'NEW_TYPE', category: 'SMS', label: 'New' });
    const progress = await queue.typeRegistered(admin, 'NEW_TYPE');
    expect(progress).toMatchObject({ total: 1 });
    await ended(progress?.id ?? '');
    expect(await queue.get(workspaceId, id)).toMatchObject({ state: 'replayed' });
    expect(await activities()).toMatchObject([{ type: 'NEW_TYPE', occurred_at: RECEIVED }]);
  });

  test('is tried again after 5 minutes, then later and later, and stored once the lead is known', async () => {
    const leadId = '019ab000-0000-7000-8000-00000000abcd';
    const id = await refuse(leadEvent({ leadAirtableId: null, leadId }));
    await sweep(deps());
    expect(await queue.get(workspaceId, id)).toMatchObject({
      code: 'UNKNOWN_LEAD',
      retryCount: 0,
      nextRetryAt: '2025-11-07T08:05:00.000Z',
    });
    await clock.advance(5 * MINUTE);
    expect(await sweep(deps())).toMatchObject({ stored: 0 });
    expect(await queue.get(workspaceId, id)).toMatchObject({
      retryCount: 1,
      nextRetryAt: '2025-11-07T08:20:00.000Z',
      lastError: expect.stringContaining('no lead'),
    });
    await door.book.pool.query('INSERT INTO leads (id, workspace_id) VALUES ($1, $2)', [leadId, workspaceId]);
    expect(await sweep(deps())).toMatchObject({ stored: 1 });
    expect(await queue.get(workspaceId, id)).toMatchObject({ state: 'replayed', resolvedBy: 'automatic retry' });
    expect(await activities()).toMatchObject([{ subject_key: `lead:${leadId}`, occurred_at: RECEIVED }]);
  });

  test('is tried by one process at a time', async () => {
    await refuse(leadEvent({ eventType: 'NEVER' }));
    await clock.advance(5 * MINUTE);
    const client = await door.book.pool.connect();
    await client.query("SELECT pg_advisory_lock(x'48495354'::int, x'51554152'::int)");
    await sweep(deps());
    const [before] = (await queue.list(workspaceId, filterOf(), page)).rows;
    expect(before?.retryCount).toBe(0);
    await client.query('SELECT pg_advisory_unlock_all()');
    client.release();
    await sweep(deps());
    expect((await queue.list(workspaceId, filterOf(), page)).rows[0]?.retryCount).toBe(1);
  });
});
