import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Principal } from '#domain/principal.ts';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { openEventStream, type StreamEvent } from '#testing/event-stream.ts';
import {
  append,
  keyOf,
  type LiveServer,
  type LiveServerOptions,
  newActivity,
  OTHER_WORKSPACE,
  prepareBook,
  startLiveServer,
} from '#testing/live.ts';

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

function follow({ url }: LiveServer, query = '', lastEventId?: string) {
  const stream = openEventStream(() => `${url}/api/stream${query}`, lastEventId === undefined ? {} : { lastEventId });
  onTestFinished(() => stream.close());
  return stream;
}

const idsOf = (events: readonly StreamEvent[]) => events.map(({ data }) => JSON.parse(data).id);

describe('GET /api/stream', () => {
  test('sends each new activity once, as its JSON, under its cursor', async () => {
    const { live, ...rest } = await server();
    const stream = follow({ live, ...rest });
    await stream.connected();
    const activity = newActivity({ description: 'Hello', message: 'line one\nline two\r\n\u2028 done' });
    await append(database.pool, [activity]);
    await stream.until((events) => events.length === 1);
    const [event] = stream.events;
    expect(event?.event).toBe('message');
    expect(event?.id).toMatch(/^\d+\.\d+$/);
    expect(JSON.parse(event?.data ?? '')).toMatchObject({
      id: activity.id,
      description: 'Hello',
      message: 'line one\nline two\r\n\u2028 done',
      lead: null,
      visibility: 'INTERNAL',
    });
  });

  test('narrows by the parameters of the pages', async () => {
    const one = await server();
    const stream = follow(one, '?eventType=OPT_OUT,INBOUND_REPLY&source=test:a');
    await stream.connected();
    const wanted = [
      newActivity({ type: 'OPT_OUT', source: 'test:a' }),
      newActivity({ type: 'INBOUND_REPLY', source: 'test:a' }),
    ];
    const others = [newActivity({ type: 'OPT_OUT', source: 'test:b' }), newActivity({ source: 'test:a' })];
    await append(
      database.pool,
      [others[0], wanted[0], others[1], wanted[1]].filter((a) => a !== undefined),
    );
    await stream.until((events) => events.length === 2);
    expect(idsOf(stream.events)).toEqual(wanted.map(({ id }) => id));
  });

  test('shows nothing of another workspace', async () => {
    const one = await server({ authenticate: () => keyOf(OTHER_WORKSPACE) });
    const stream = follow(one);
    await stream.connected();
    const theirs = newActivity({ workspaceId: OTHER_WORKSPACE });
    await append(database.pool, [newActivity(), theirs, newActivity()]);
    await stream.until((events) => events.length > 0);
    expect(idsOf(stream.events)).toEqual([theirs.id]);
  });
});

describe('a right that is taken away while a stream is being opened', () => {
  test.each<[string, () => Principal | null]>([
    ['the key itself', () => null],
    ['a scope', () => keyOf(undefined, ['timeline:read'])],
    [
      'the database that knows',
      () => {
        throw new Error('cannot be asked');
      },
    ],
  ])('ends it: %s', async (_what, later) => {
    let asked = 0;
    const authenticate = () => {
      asked += 1;
      return asked === 1 ? keyOf() : later();
    };
    const { url, live } = await server({ authenticate });
    // It ends at once: whether its head has left by then is a matter of luck.
    await fetch(`${url}/api/stream`).then(
      (answer) => answer.text(),
      () => undefined,
    );
    await expect.poll(() => live.stats().subscribers).toBe(0);
    expect(asked).toBe(2);
  });

  test('is no reason to end another one', async () => {
    const { url, live } = await server();
    const one = await fetch(`${url}/api/stream`);
    const two = await fetch(`${url}/api/stream`);
    expect(live.stats().subscribers).toBe(2);
    await Promise.all([one.body?.cancel(), two.body?.cancel()]);
  });
});
