import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { type EventStream, openEventStream } from '#testing/event-stream.ts';
import {
  append,
  keyOf,
  type LiveServer,
  type LiveServerOptions,
  newActivity,
  OTHER_WORKSPACE,
  prepareBook,
  startLiveServer,
  WORKSPACE,
} from '#testing/live.ts';

/** Each open feed shows each matching insert once, in position order, whatever happens in between. */

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

function follow(url: () => string, query = ''): EventStream {
  const stream = openEventStream(() => `${url()}/api/stream${query}`);
  onTestFinished(() => stream.close());
  return stream;
}

const idsOf = ({ events }: EventStream) => events.map(({ data }) => JSON.parse(data).id);

/** Writes batches of 1 to 5 until told to stop; several of these write at once. */
function startWriters(count: number): { stop(): Promise<string[]>; written(): number } {
  let isOver = false;
  const ids: string[] = [];
  const write = async () => {
    while (!isOver) {
      const batch = Array.from({ length: 1 + Math.floor(Math.random() * 5) }, () => newActivity());
      ids.push(...(await append(database.pool, batch)));
    }
  };
  const writing = Promise.all(Array.from({ length: count }, write));
  return {
    written: () => ids.length,
    async stop() {
      isOver = true;
      await writing;
      const { rows } = await database.pool.query('SELECT id FROM activity WHERE id = ANY($1) ORDER BY seq', [ids]);
      return rows.map(({ id }) => id);
    },
  };
}

describe('an open feed', () => {
  test('resumes across reconnects while 4 writers write: 0 missed, 0 repeated, in order', async () => {
    const one = await server();
    const streams = [follow(() => one.url), follow(() => one.url), follow(() => one.url)];
    await Promise.all(streams.map((stream) => stream.connected()));
    const writers = startWriters(4);
    for (let cut = 1; cut <= 5; cut += 1) {
      await Promise.all(streams.map((stream) => stream.until((events) => events.length > cut * 30)));
      one.breakConnections();
      await Promise.all(streams.map((stream) => stream.connected(cut + 1)));
    }
    const expected = await writers.stop();
    for (const stream of streams) {
      await stream.until((events) => events.length >= expected.length);
      expect(idsOf(stream)).toEqual(expected);
    }
  });

  test('resumes across a restart of the server: 0 missed, 0 repeated, in order', async () => {
    let current = await server({ limits: { prefill: 10 } });
    const { port } = current;
    const stream = follow(() => current.url);
    await stream.connected();
    const writers = startWriters(2);
    for (let restart = 1; restart <= 3; restart += 1) {
      await stream.until((events) => events.length > restart * 40);
      await current.stop();
      const target = writers.written() + 60;
      while (writers.written() < target) await new Promise(setImmediate);
      current = await server({ port, limits: { prefill: 10 } });
      await stream.connected(restart + 1);
    }
    const expected = await writers.stop();
    await stream.until((events) => events.length >= expected.length);
    expect(idsOf(stream)).toEqual(expected);
    expect(stream.events.some(({ event }) => event === 'resync')).toBe(false);
  });

  test('is complete on each of two server processes on one database, and moves between them', async () => {
    const [one, two] = await Promise.all([server(), server()]);
    const onOne = follow(() => one.url);
    const onTwo = follow(() => two.url);
    let at = one;
    const moving = follow(() => at.url);
    await Promise.all([onOne, onTwo, moving].map((stream) => stream.connected()));
    const writers = startWriters(3);
    for (let move = 1; move <= 4; move += 1) {
      await moving.until((events) => events.length > move * 30);
      const left = at;
      at = at === one ? two : one;
      left.breakConnections();
      await moving.connected(move + 1);
    }
    const expected = await writers.stop();
    for (const stream of [onOne, onTwo, moving]) {
      await stream.until((events) => events.length >= expected.length);
      expect(idsOf(stream)).toEqual(expected);
    }
  });

  test('gets resync, once, when its place is out of reach, and goes on from there', async () => {
    const one = await server({ limits: { maxCatchUp: 20, prefill: 5 } });
    const stream = follow(() => one.url);
    await stream.connected();
    await append(database.pool, [newActivity()]);
    await stream.until((events) => events.length === 1);
    const { port } = one;
    await one.stop();
    await append(
      database.pool,
      Array.from({ length: 30 }, () => newActivity()),
    );
    const two = await server({ port, limits: { maxCatchUp: 20, prefill: 5 } });
    await stream.connected(2);
    await stream.until((events) => events.length === 2);
    const [last] = await append(database.pool, [newActivity()]);
    await stream.until((events) => events.length === 3);
    expect(stream.events.map(({ event }) => event)).toEqual(['message', 'resync', 'message']);
    expect(JSON.parse(stream.events[2]?.data ?? '').id).toBe(last);
    expect(two.live.stats().resyncs).toBe(1);
  });

  test('gets resync when the database is another one than that of its cursor', async () => {
    const one = await server();
    const stream = openEventStream(() => `${one.url}/api/stream`, { lastEventId: '99.5' });
    onTestFinished(() => stream.close());
    await stream.until((events) => events.length === 1);
    expect(stream.events[0]?.event).toBe('resync');
  });

  test('gets resync when the database becomes another one under it, and goes on with that', async () => {
    const one = await server();
    const streams = [follow(() => one.url), follow(() => one.url, '?search=words')];
    await Promise.all(streams.map((stream) => stream.connected()));
    const [before] = await append(database.pool, [newActivity({ description: 'words before' })]);
    await Promise.all(streams.map((stream) => stream.until((events) => events.length === 1)));
    await database.pool.query("INSERT INTO book_epoch (fingerprint) VALUES ('restored from a backup')");
    await database.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'historybook-live' AND datname = current_database()`,
    );
    await Promise.all(streams.map((stream) => stream.until((events) => events.length === 2)));
    const [after] = await append(database.pool, [newActivity({ description: 'words after' })]);
    for (const stream of streams) {
      await stream.until((events) => events.length === 3);
      expect(stream.events.map(({ event }) => event)).toEqual(['message', 'resync', 'message']);
      expect([0, 2].map((at) => JSON.parse(stream.events[at]?.data ?? '').id)).toEqual([before, after]);
      const [old, ...current] = stream.events.map(({ id }) => id.split('.')[0]);
      expect(new Set(current).has(old)).toBe(false);
    }
  });

  test('is refused beyond the number there may be, however many come at once', async () => {
    const one = await server({ limits: { maxSubscribers: 3 } });
    const answers = await Promise.all(Array.from({ length: 12 }, () => fetch(`${one.url}/api/stream`)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array(3).fill(200), ...Array(9).fill(503)]);
    expect(one.live.stats()).toMatchObject({ subscribers: 3, refused: 9 });
    await Promise.all(answers.map(({ body }) => body?.cancel()));
  });

  test('is refused to who has his share open, however many he asks for at once; others go on', async () => {
    const authenticate = (headers: Headers) => ({ ...keyOf(), keyId: headers.get('x-test-principal') ?? '' });
    const one = await server({ authenticate, limits: { maxSubscribers: 6, maxSubscribersEach: 3 } });
    const open = (keyId: string) => fetch(`${one.url}/api/stream`, { headers: { 'x-test-principal': keyId } });
    const answers = await Promise.all(Array.from({ length: 8 }, () => open('greedy')));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array(3).fill(200), ...Array(5).fill(429)]);
    const refusal = answers.find(({ status }) => status === 429);
    expect(refusal?.headers.get('retry-after')).toBe('10');
    expect(await refusal?.json()).toMatchObject({
      code: 'RATE_LIMITED',
      message: expect.stringMatching(/3 live streams open.*as many as one may have.*close/i),
    });
    const other = await open('modest');
    expect(other.status).toBe(200);
    const [mine] = answers.filter(({ status }) => status === 200);
    await mine?.body?.cancel();
    await expect.poll(async () => (await open('greedy')).status).toBe(200);
    expect(one.live.stats()).toMatchObject({ subscribers: 4 });
  });

  test('without a cursor begins now, also when several are the first to come', async () => {
    await append(
      database.pool,
      Array.from({ length: 30 }, () => newActivity()),
    );
    const one = await server({ limits: { prefill: 20 } });
    const streams = Array.from({ length: 8 }, () => follow(() => one.url));
    await Promise.all(streams.map((stream) => stream.connected()));
    const [id] = await append(database.pool, [newActivity()]);
    for (const stream of streams) {
      await stream.until((events) => events.length > 0);
      expect(idsOf(stream)).toEqual([id]);
    }
  });

  test('begins after the page it was read with, even when this server has not read as far yet', async () => {
    const one = await server({ limits: { pollMs: 60_000, coalesceMs: 0 } });
    const other = follow(() => one.url);
    await other.connected();
    const before = newActivity();
    // Not announced: this server does not know of it.
    await database.pool.query(
      `INSERT INTO activity (id, workspace_id, door, type, category, occurred_at, description, source)
       VALUES ($1, $2, 'lead', 'NOTE_ADDED', 'MANUAL', now(), 'on the page', 'test')`,
      [before.id, WORKSPACE],
    );
    const { rows } = await database.pool.query(
      'SELECT (SELECT max(epoch) FROM book_epoch) AS epoch, max(seq) AS seq FROM activity',
    );
    const stream = follow(() => one.url, `?after=${rows[0].epoch}.${rows[0].seq}`);
    await stream.connected();
    const [after] = await append(database.pool, [newActivity()]);
    await stream.until((events) => events.length > 0);
    expect(idsOf(stream)).toEqual([after]);
    await other.until((events) => events.length === 2);
    expect(idsOf(other)).toEqual([before.id, after]);
  });

  test('keeps its place when nothing of it is written for long, so that it can resume', async () => {
    const one = await server({ limits: { heartbeatMs: 20, maxCatchUp: 10 } });
    const quiet = follow(() => one.url, '?eventType=OPT_OUT');
    const busy = follow(() => one.url);
    await Promise.all([quiet.connected(), busy.connected()]);
    await append(
      database.pool,
      Array.from({ length: 40 }, () => newActivity()),
    );
    await busy.until((events) => events.length === 40);
    const { cursor } = one.live.stats();
    // The next heartbeat moves the place of a client that was sent nothing.
    await untilDelivered(one, cursor);
    one.breakConnections();
    await quiet.connected(2);
    const [wanted] = await append(database.pool, [newActivity({ type: 'OPT_OUT' })]);
    await quiet.until((events) => events.length > 0);
    expect(quiet.events.map(({ event }) => event)).toEqual(['message']);
    expect(idsOf(quiet)).toEqual([wanted]);
  });
});

describe('a stream that may not go on', () => {
  test('is ended when its principal changes; it comes back and is judged anew', async () => {
    let scopes: Parameters<typeof keyOf>[1] = ['activity:read'];
    const one = await server({ authenticate: () => keyOf(WORKSPACE, scopes) });
    const other = await server({ authenticate: () => keyOf(OTHER_WORKSPACE) });
    const stream = follow(() => one.url);
    const bystander = follow(() => other.url);
    await Promise.all([stream.connected(), bystander.connected()]);
    scopes = ['activity:write'];
    expect(one.live.closeWhere((principal) => principal.workspaceId === OTHER_WORKSPACE)).toBe(0);
    expect(one.live.closeWhere((principal) => principal.kind === 'key' && principal.keyId === 'test')).toBe(1);
    expect(await stream.refused).toBe(403);
    expect(one.live.stats().subscribers).toBe(0);
    expect(other.live.stats().subscribers).toBe(1);
  });

  test('is ended after its time too when it is read in this process', async () => {
    const { live } = await server({ limits: { maxAgeMs: 100, heartbeatMs: 20 } });
    const signal = AbortSignal.timeout(5_000);
    const request = { principal: keyOf(WORKSPACE), feeds: [{ id: 'feed', filter: {} }] };
    for await (const { message } of live.follow(request, signal)) expect(message).toHaveProperty('caughtUp');
    expect(signal.aborted).toBe(false);
  });

  test('is asked to come back after its time, and misses nothing', async () => {
    const one = await server({ limits: { maxAgeMs: 100, heartbeatMs: 20 } });
    const stream = follow(() => one.url);
    const writers = startWriters(1);
    await stream.connected(4);
    const expected = await writers.stop();
    await stream.until((events) => events.length > 0);
    const ids = idsOf(stream);
    await stream.until((events) => JSON.parse(events.at(-1)?.data ?? '').id === expected.at(-1));
    expect(idsOf(stream)).toEqual(expected.slice(expected.indexOf(ids[0])));
  });
});

/** Resolves after a heartbeat has told every live stream that everything up to the cursor has been sent. */
async function untilDelivered({ url, live }: LiveServer, cursor: string | undefined): Promise<void> {
  while (live.stats().catchingUp > 0) await new Promise(setImmediate);
  const answer = await fetch(`${url}/api/stream?eventType=OPT_OUT`, { headers: { 'last-event-id': cursor ?? '' } });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ''; !text.includes(': ping'); ) text += (await reader?.read())?.value ?? '';
  await reader?.cancel();
}
