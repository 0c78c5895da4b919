import { expect, it } from 'vitest';
import type { Principal } from '#domain/principal.ts';
import { silentLogger } from '#platform/log.ts';
import { observed } from '#testing/observed.ts';
import { createCallerFactory, router } from '../init.ts';
import { retryQueueRouter } from './retry-queue.ts';

const admin: Principal = {
  kind: 'user',
  workspaceId: '019a0000-0000-7000-8000-000000000001',
  userId: '019a0000-0000-7000-8000-000000000002',
  sessionId: 'session-1',
  email: 'ada@example.com',
  name: 'Ada',
  superAdmin: false,
  role: 'ADMIN',
};

/** The queue as far as its masses go: tells what it was asked to do, and to which. */
function open() {
  const done: unknown[] = [];
  const retryQueue = {
    replayAll: async (_by: Principal, filter: unknown) => done.push({ replayed: filter }),
    discardAll: async (_by: Principal, filter: unknown) => done.push({ discarded: filter }),
  };
  const call = createCallerFactory(router({ retryQueue: retryQueueRouter }))({
    // @ts-expect-error: these procedures need these services alone
    services: { ...observed, retryQueue, log: silentLogger },
    principal: admin,
    requestId: 'request-1',
    headers: new Headers(),
    resHeaders: new Headers(),
  });
  return { call, done };
}

it('does to all that match what is asked for, and to all that wait when told so', async () => {
  const { call, done } = open();
  await call.retryQueue.replayAll({ filter: { codes: ['UNKNOWN_TYPE'] } });
  await call.retryQueue.discardAll({ filter: {}, reason: 'a test' });
  expect(done).toEqual([
    { replayed: { state: 'waiting', codes: ['UNKNOWN_TYPE'] } },
    { discarded: { state: 'waiting' } },
  ]);
});

it.each([
  ['a member that is misspelt', { filter: { code: ['UNKNOWN_TYPE'] } }],
  ['a filter that is misspelt', { filters: { codes: ['UNKNOWN_TYPE'] } }],
  ['a member beside the filter', { filter: {}, codes: ['UNKNOWN_TYPE'] }],
  ['no filter', {}],
  ['a list with nothing in it', { filter: { codes: [] } }],
  ['ids of which there are none', { filter: { ids: [] } }],
  ['what does not wait', { filter: { state: 'discarded' } }],
])('does nothing to anything for %s', async (_what, given) => {
  const { call, done } = open();
  // As a caller in JavaScript may send it.
  const input = given as { filter: object };
  await expect(call.retryQueue.replayAll(input)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  await expect(call.retryQueue.discardAll({ ...input, reason: 'a test' })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
  });
  expect(done).toEqual([]);
});
