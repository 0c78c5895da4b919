import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { ActivityFilter } from '#domain/filter.ts';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { TestEventSource } from '#testing/event-source.ts';
import { append, type LiveServer, newActivity, prepareBook, startLiveServer, WORKSPACE } from '#testing/live.ts';
import { LiveTab } from './tab.ts';
import { trpcTransport } from './trpc-transport.ts';
import type { LiveState } from './types.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await prepareBook(database.pool);
});
afterAll(() => database.drop());

async function server(port = 0): Promise<LiveServer> {
  const started = await startLiveServer({ databaseUrl: database.url, port });
  onTestFinished(() => started.stop());
  return started;
}

/** A tab of its own, with the real client of tRPC and the real server. */
function openTab(url: string): LiveTab {
  const tab = new LiveTab({
    id: 'tab',
    locks: undefined,
    openChannel: () => {
      throw new Error('a tab without locks has nobody to talk to');
    },
    // @ts-expect-error: only what the standard says of an EventSource is used
    transport: trpcTransport(url, TestEventSource),
    timers: {
      after(ms, work) {
        const timer = setTimeout(work, ms);
        return () => clearTimeout(timer);
      },
      random: () => 0,
    },
    isVisible: () => true,
  });
  tab.start();
  onTestFinished(() => tab.stop());
  return tab;
}

function follow(tab: LiveTab, filter: ActivityFilter, after?: string) {
  const ids: string[] = [];
  const states: LiveState[] = [];
  let notice: () => void = () => undefined;
  const unfollow = tab.follow(
    { workspaceId: WORKSPACE, filter, after },
    {
      onActivity: ({ id }) => {
        ids.push(id);
        notice();
      },
      onResync: () => undefined,
      onState: (state) => {
        states.push(state);
        notice();
      },
    },
  );
  const until = (isSo: () => boolean) =>
    new Promise<void>((resolve) => {
      notice = () => isSo() && resolve();
      notice();
    });
  return { ids, states, until, unfollow };
}

const write = (type: string) => append(database.pool, [newActivity({ type })]);

test('feeds that come and go while activities are written miss and repeat nothing', async () => {
  const one = await server();
  const tab = openTab(one.url);
  const all = follow(tab, {});
  await all.until(() => all.states.includes('live'));
  const after = one.live.stats().cursor;
  const written: { id: string | undefined; type: string }[] = [];
  const others = [];
  for (let round = 0; round < 12; round += 1) {
    const type = ['OPT_OUT', 'NOTE_ADDED', 'MESSAGE_SENT'][round % 3] ?? '';
    written.push({ id: (await write(type))[0], type });
    if (round % 2 === 0) others.push({ type, follower: follow(tab, { types: [type], sources: [`test:live`] }, after) });
  }
  await all.until(() => all.ids.length === written.length);
  expect(all.ids).toEqual(written.map(({ id }) => id));
  for (const { type, follower } of others) {
    const expected = written.filter((activity) => activity.type === type).map(({ id }) => id);
    await follower.until(() => follower.ids.length === expected.length);
    expect(follower.ids).toEqual(expected);
  }
  expect(one.live.stats().subscribers).toBe(1);
});

test('outlives a server that is gone for a while', async () => {
  const one = await server();
  const tab = openTab(one.url);
  const all = follow(tab, {});
  await all.until(() => all.states.includes('live'));
  const ids = [...(await write('OPT_OUT'))];
  await all.until(() => all.ids.length === 1);
  const { port } = one;
  await one.stop();
  await all.until(() => all.states.at(-1) === 'connecting');
  ids.push(...(await write('OPT_OUT')));
  await server(port);
  await all.until(() => all.ids.length === 2);
  expect(all.ids).toEqual(ids);
  expect(all.states).toEqual(['connecting', 'live', 'connecting', 'live']);
});
