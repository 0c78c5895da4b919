import { isTrackedEnvelope } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Principal } from '#domain/principal.ts';
import type { LiveLimits, LiveMessage } from '#live/index.ts';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { append, keyOf, newActivity, prepareBook, startLiveServer } from '#testing/live.ts';
import { observed } from '#testing/observed.ts';
import { createCallerFactory, router } from '../init.ts';
import { liveRouter } from './live.ts';

const createCaller = createCallerFactory(router({ live: liveRouter }));

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await prepareBook(database.pool);
});
afterAll(() => database.drop());

async function open(principal: Principal | null, limits: Partial<LiveLimits> = {}) {
  const server = await startLiveServer({ databaseUrl: database.url, limits });
  onTestFinished(() => server.stop());
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const services = { ...observed, live: server.live };
  // @ts-expect-error: the procedure needs these services alone
  const context: Parameters<typeof createCaller>[0] = { services, principal, requestId: '' };
  return { server, abort, caller: createCaller(context, { signal: abort.signal }) };
}

type Told = { readonly cursor: string; readonly message: LiveMessage };

/** Reads on until a message is as wanted; gives all that came, that one included. */
async function readUntil(stream: AsyncIterator<unknown>, isWanted: (message: LiveMessage) => boolean): Promise<Told[]> {
  const told: Told[] = [];
  for (;;) {
    const { value, done } = await stream.next();
    if (done || !isTrackedEnvelope<LiveMessage>(value)) return told;
    told.push({ cursor: value[0], message: value[1] });
    if (isWanted(value[1])) return told;
  }
}

const isCaughtUp = (message: LiveMessage) => 'caughtUp' in message;
const idsOf = (told: readonly Told[]) =>
  told.flatMap(({ message }) => ('activity' in message ? [message.activity.id] : []));

describe('live.activities, called in this process', () => {
  test('tells what comes, each activity once with the feeds it matches, and resumes by its id', async () => {
    const { server, caller } = await open(keyOf());
    const feeds = [
      { id: 'all', filter: {} },
      { id: 'opt-outs', filter: { types: ['OPT_OUT'] } },
    ];
    const stream = (await caller.live.activities({ feeds }))[Symbol.asyncIterator]();
    await readUntil(stream, isCaughtUp);
    const [first] = await append(database.pool, [newActivity({ type: 'OPT_OUT' })]);
    const [told] = await readUntil(stream, (message) => 'activity' in message);
    expect(told?.message).toMatchObject({ feeds: ['all', 'opt-outs'], activity: { id: first } });
    await stream.return?.();

    const missed = await append(database.pool, [newActivity(), newActivity({ type: 'OPT_OUT' })]);
    const again = (await caller.live.activities({ feeds, lastEventId: told?.cursor }))[Symbol.asyncIterator]();
    const resumed = await readUntil(again, (message) => 'activity' in message && message.activity.id === missed.at(-1));
    expect(idsOf(resumed)).toEqual(missed);
    expect(server.live.stats().subscribers).toBe(1);
    await again.return?.();
    expect(server.live.stats().subscribers).toBe(0);
  });

  test('finds what is searched for, and nothing of before', async () => {
    const { caller } = await open(keyOf(), { prefill: 2 });
    await append(database.pool, [newActivity({ description: 'walnuts before' })]);
    const stream = (await caller.live.activities({ filter: { search: 'walnuts' } }))[Symbol.asyncIterator]();
    await readUntil(stream, isCaughtUp);
    const ids = await append(database.pool, [
      newActivity({ description: 'hazelnuts' }),
      newActivity({ description: 'walnuts after' }),
    ]);
    expect(idsOf(await readUntil(stream, (message) => 'activity' in message))).toEqual([ids[1]]);
  });

  test('tells resync for a place that is out of reach, and goes on from the head', async () => {
    const { caller } = await open(keyOf(), { maxCatchUp: 5 });
    await append(
      database.pool,
      Array.from({ length: 10 }, () => newActivity()),
    );
    const feeds = [{ id: 'late', filter: {}, after: '1.1' }];
    const stream = (await caller.live.activities({ feeds }))[Symbol.asyncIterator]();
    const told = await readUntil(stream, isCaughtUp);
    expect(told.map(({ message }) => message)).toEqual([
      { feeds: ['late'], resync: true },
      { feeds: [], caughtUp: true },
    ]);
  });

  test('keeps pace with its reader: a slow one holds a page, not the stream', async () => {
    const { caller } = await open(keyOf(), { ringCount: 10 });
    const stream = (await caller.live.activities({ filter: {} }))[Symbol.asyncIterator]();
    await readUntil(stream, isCaughtUp);
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1)
      ids.push(
        ...(await append(
          database.pool,
          Array.from({ length: 100 }, () => newActivity()),
        )),
      );
    const told = await readUntil(stream, (message) => 'activity' in message && message.activity.id === ids.at(-1));
    expect(idsOf(told)).toEqual(ids);
  });

  test('ends when its principal may not go on', async () => {
    const { server, caller } = await open(keyOf());
    const stream = (await caller.live.activities({ filter: {} }))[Symbol.asyncIterator]();
    await readUntil(stream, isCaughtUp);
    expect(server.live.closeWhere(() => true)).toBe(1);
    expect((await stream.next()).done).toBe(true);
  });

  test.each([
    ['nobody', null, 'UNAUTHORIZED'],
    ['a key that only writes', keyOf(undefined, ['activity:write']), 'FORBIDDEN'],
  ])('refuses %s', async (_name, principal, code) => {
    const { caller } = await open(principal);
    const read = async () => {
      const stream = (await caller.live.activities({ filter: {} }))[Symbol.asyncIterator]();
      await stream.next();
    };
    await expect(read()).rejects.toMatchObject({ code });
  });
});
