import { expect, test, vi } from 'vitest';
import type { NewActivity } from '#domain/activity.ts';
import { smsSent } from '#testing/append.ts';
import type { SpoolRecord } from './record.ts';
import { storeSpooled } from './store-spooled.ts';

const HOME = '11111111-1111-4111-8111-111111111111';
const GONE = '22222222-2222-4222-8222-222222222222';
/** What the book says of a workspace that it does not have. */
const NOT_THERE = Object.assign(new Error('violates foreign key constraint'), {
  code: '23503',
  severity: 'ERROR',
  constraint: 'activity_workspace_id_fkey',
});

/** A book in which there is one workspace, and what was asked of it. */
function makeBook() {
  const goneWorkspaces = vi.fn(async () => new Set([GONE]));
  const onGone = vi.fn();
  const send = vi.fn(async (batch: readonly NewActivity[]) => {
    if (batch.some(({ workspaceId }) => workspaceId === GONE)) throw NOT_THERE;
    return batch.map(({ id, occurredAt }) => ({ outcome: 'stored' as const, id, occurredAt }));
  });
  const nothing = vi.fn(async () => undefined);
  const types = { find: async () => undefined };
  const rest = { types, recordAliases: nothing, keepRefused: nothing, keepEntry: nothing, setAside: nothing };
  return { goneWorkspaces, onGone, send, ...rest };
}
const record = (workspaceId: string): SpoolRecord => ({
  kind: 'activity',
  activity: smsSent(workspaceId),
  isJudged: true,
});

test('whose workspace is gone is not asked for a batch that the book takes', async () => {
  const book = makeBook();
  expect(await storeSpooled(book, [record(HOME), record(HOME)])).toEqual({ stored: 2, refused: 0, dropped: 0 });
  expect(book.goneWorkspaces).not.toHaveBeenCalled();
});

test('is asked once for one that it does not take, and the others are stored', async () => {
  const book = makeBook();
  const records = [record(HOME), record(GONE), record(HOME), record(GONE)];
  expect(await storeSpooled(book, records)).toEqual({ stored: 2, refused: 0, dropped: 2 });
  expect(book.goneWorkspaces).toHaveBeenCalledOnce();
  expect(book.onGone).toHaveBeenCalledWith(2, [GONE]);
});

test('is tried again later when one is removed that was there when it was asked', async () => {
  const book = makeBook();
  book.goneWorkspaces.mockResolvedValue(new Set());
  await expect(storeSpooled(book, [record(GONE)])).rejects.toBe(NOT_THERE);
  expect(book.send).toHaveBeenCalledTimes(2);
  expect(book.onGone).not.toHaveBeenCalled();
});
