import { connect, createServer, type Socket } from 'node:net';
import { createTRPCClient, httpSubscriptionLink, type TRPCClientError } from '@trpc/client';
import superjson from 'superjson';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Principal } from '#domain/principal.ts';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { TestEventSource } from '#testing/event-source.ts';
import {
  append,
  keyOf,
  type LiveServer,
  type LiveServerOptions,
  newActivity,
  prepareBook,
  startLiveServer,
} from '#testing/live.ts';
import { router } from '../trpc/init.ts';
import { liveRouter } from '../trpc/routers/live.ts';

const testRouter = router({ live: liveRouter });
type TestRouter = typeof testRouter;

/** Holds the bytes we write to the real client of tRPC: httpSubscriptionLink with superjson over an EventSource. */

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await prepareBook(database.pool);
});
afterAll(() => database.drop());

async function server(options: Partial<LiveServerOptions> = {}): Promise<LiveServer> {
  const started = await startLiveServer({ databaseUrl: database.url, ...options });
  onTestFinished(() => started.stop());
  return started;
}

type Input = Parameters<ReturnType<typeof clientOf>['live']['activities']['subscribe']>[0];

function clientOf(url: () => string) {
  const link = httpSubscriptionLink<TestRouter, typeof TestEventSource>({
    url: () => `${url()}/api/trpc`,
    transformer: superjson,
    EventSource: TestEventSource,
  });
  return createTRPCClient<TestRouter>({ links: [link] });
}

/** A subscription that writes down all it is told, and can be waited for. */
function subscribe(url: () => string, input: Input) {
  const received: { id: string; data: { feeds: readonly string[]; activity?: { id: string }; resync?: true } }[] = [];
  const states: string[] = [];
  const watchers = new Set<() => void>();
  const notice = () => {
    for (const watcher of watchers) watcher();
  };
  const ended = Promise.withResolvers<TRPCClientError<TestRouter> | undefined>();
  const subscription = clientOf(url).live.activities.subscribe(input, {
    onStarted: () => {
      states.push('started');
      notice();
    },
    onData: ({ id, data }) => {
      received.push({ id, data });
      notice();
    },
    onConnectionStateChange: ({ state, error }) => {
      states.push(error ? `${state}: ${error.message}` : state);
      notice();
    },
    onError: (error) => ended.resolve(error),
    onComplete: () => ended.resolve(undefined),
  });
  onTestFinished(() => subscription.unsubscribe());
  const until = (isSo: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!isSo()) return;
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      look();
    });
  const activityIds = () => received.flatMap(({ data }) => (data.activity ? [data.activity.id] : []));
  return {
    received,
    states,
    until,
    activityIds,
    ended: ended.promise,
    isCaughtUp: () => received.some(({ data }) => 'caughtUp' in data),
  };
}

/** A way to the server on which everybody who is connected hears nothing more once it is silenced. */
async function silencer(port: number) {
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    sockets.add(upstream);
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  const address = proxy.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    silence() {
      for (const socket of sockets) socket.unpipe();
    },
  };
}

const write = (count = 1) =>
  append(
    database.pool,
    Array.from({ length: count }, () => newActivity()),
  );

describe('live.activities, read by the real tRPC client', () => {
  test('is typed, and arrives with the cursor of each activity as its id', async () => {
    const { url } = await server();
    const stream = subscribe(() => url, { filter: {} });
    await stream.until(stream.isCaughtUp);
    const activity = newActivity({
      message: '"quotes", \n newlines, \u2028 and 💚',
      metadata: { deep: [{ a: 1.5 }, null] },
    });
    await append(database.pool, [activity]);
    await stream.until(() => stream.activityIds().length === 1);
    const last = stream.received.at(-1);
    expect(last?.id).toMatch(/^\d+\.\d+$/);
    expect(last?.data).toMatchObject({
      feeds: ['feed'],
      activity: { id: activity.id, message: activity.message, metadata: activity.metadata },
    });
    expect(stream.states).toEqual(['connecting', 'started', 'pending']);
  });

  test('resumes after a lost connection: nothing missed, nothing twice', async () => {
    const one = await server();
    const stream = subscribe(() => one.url, { filter: {} });
    await stream.until(stream.isCaughtUp);
    const before = await write(3);
    await stream.until(() => stream.activityIds().length === 3);
    one.breakConnections();
    const meanwhile = await write(4);
    await stream.until(() => stream.activityIds().length === 7);
    const after = await write(2);
    await stream.until(() => stream.activityIds().length === 9);
    expect(stream.activityIds()).toEqual([...before, ...meanwhile, ...after]);
    expect(one.requests.map(({ headers }) => headers['last-event-id'] !== undefined)).toEqual([false, true]);
  });

  test('resumes after silence, by the cursor that the client puts into its input', async () => {
    const one = await server({ limits: { heartbeatMs: 300 } });
    const proxy = await silencer(one.port);
    const stream = subscribe(() => proxy.url, { filter: {} });
    await stream.until(stream.isCaughtUp);
    const before = await write(2);
    await stream.until(() => stream.activityIds().length === 2);
    proxy.silence();
    const meanwhile = await write(3);
    await stream.until(() => stream.activityIds().length === 5);
    expect(stream.activityIds()).toEqual([...before, ...meanwhile]);
    const [, second] = one.requests;
    expect(second?.headers['last-event-id']).toBeUndefined();
    expect(decodeURIComponent(second?.url ?? '')).toContain('"lastEventId"');
    expect(stream.states.some((state) => state.startsWith('connecting: Timeout'))).toBe(true);
  });

  test('does not take silence between activities for a lost connection', async () => {
    const one = await server({ limits: { heartbeatMs: 500 } });
    const stream = subscribe(() => one.url, { filter: { types: ['OPT_OUT'] } });
    await stream.until(stream.isCaughtUp);
    for (let beat = 0; beat < 3; beat += 1) {
      const seen = stream.received.length;
      await write(1);
      // The next heartbeat tells the new position.
      await stream.until(() => stream.received.length > seen);
    }
    expect(one.requests).toHaveLength(1);
    expect(stream.activityIds()).toEqual([]);
  });

  test('several feeds share one connection, each activity is sent once with all the feeds it matches', async () => {
    const { url } = await server();
    const stream = subscribe(() => url, {
      feeds: [
        { id: 'all', filter: {} },
        { id: 'opt-outs', filter: { types: ['OPT_OUT'] } },
        { id: 'bookings', filter: { categories: ['BOOKING'] } },
      ],
    });
    await stream.until(stream.isCaughtUp);
    await append(database.pool, [newActivity({ type: 'OPT_OUT' }), newActivity()]);
    await stream.until(() => stream.activityIds().length === 2);
    expect(stream.received.flatMap(({ data }) => (data.activity ? [data.feeds] : []))).toEqual([
      ['all', 'opt-outs'],
      ['all'],
    ]);
  });

  test('tells resync for a cursor of another book, and goes on', async () => {
    const { url } = await server();
    const stream = subscribe(() => url, { feeds: [{ id: 'old', filter: {}, after: '999999.1' }] });
    await stream.until(stream.isCaughtUp);
    expect(stream.received[0]?.data).toEqual({ feeds: ['old'], resync: true });
    const ids = await write(1);
    await stream.until(() => stream.activityIds().length === 1);
    expect(stream.activityIds()).toEqual(ids);
  });

  test.each<[string, Principal | null, Input, string]>([
    ['nobody', null, { filter: {} }, 'UNAUTHORIZED'],
    ['a key without the scope', keyOf(undefined, ['activity:write']), { filter: {} }, 'FORBIDDEN'],
    ['a key for timelines that asks for everything', keyOf(undefined, ['timeline:read']), { filter: {} }, 'FORBIDDEN'],
    ['a filter that is none', keyOf(), { filter: { leadId: 'nobody' } }, 'BAD_REQUEST'],
  ])('refuses %s for good, with the real error', async (_name, principal, input, code) => {
    const one = await server({ authenticate: () => principal });
    const stream = subscribe(() => one.url, input);
    const error = await stream.ended;
    expect(error?.data).toMatchObject({ code, path: 'live.activities', app: { code: expect.any(String) } });
    expect(error?.data).not.toHaveProperty('stack');
    expect(one.requests).toHaveLength(1);
  });

  test('answers who does not ask for events with a status and the error as JSON', async () => {
    const { url } = await server({ authenticate: () => null });
    const answer = await fetch(`${url}/api/trpc/live.activities`);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: { json: { code: -32001, data: { code: 'UNAUTHORIZED' } } } });
  });

  test('is refused with 503 and Retry-After when there are too many', async () => {
    const { url, live } = await server({ limits: { maxSubscribers: 1 } });
    const stream = subscribe(() => url, { filter: {} });
    await stream.until(stream.isCaughtUp);
    const answer = await fetch(`${url}/api/trpc/live.activities`, { headers: { accept: 'text/event-stream' } });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '10']);
    expect(await answer.json()).toMatchObject({ error: { json: { data: { code: 'SERVICE_UNAVAILABLE' } } } });
    expect(live.stats()).toMatchObject({ subscribers: 1, refused: 1 });
  });

  test('of several feeds one that is forbidden is told, and the others are served', async () => {
    const { url } = await server({ authenticate: () => keyOf(undefined, ['timeline:read']) });
    const leadId = '0b1e2f3a-4c5d-4e6f-8a9b-0c1d2e3f4a5b';
    const stream = subscribe(() => url, {
      feeds: [
        { id: 'all', filter: {} },
        { id: 'lead', filter: { leadId } },
      ],
    });
    await stream.until(stream.isCaughtUp);
    expect(stream.received[0]?.data).toEqual({ feeds: ['all'], forbidden: true });
    expect(stream.received).toHaveLength(2);
  });

  test('a principal that may read timelines follows one lead', async () => {
    const { url } = await server({ authenticate: () => keyOf(undefined, ['timeline:read']) });
    const stream = subscribe(() => url, { filter: { leadId: '0b1e2f3a-4c5d-4e6f-8a9b-0c1d2e3f4a5b' } });
    await stream.until(stream.isCaughtUp);
    expect(stream.activityIds()).toEqual([]);
  });
});
