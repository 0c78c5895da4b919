import { describe, expect, test, vi } from 'vitest';
import { startBridge } from '../testing/bridge.ts';
import { API_KEY, example, startClient } from '../testing/client.ts';

const unavailable = { status: 503, headers: { 'retry-after': '0' } };

describe('a client', () => {
  test('sends what is logged in batches, in order, each event under a key and with a time of its own', async () => {
    const bridge = await startBridge();
    const client = startClient({ url: bridge.url, workspaceId: '019a0000-0000-7000-8000-000000000001' });
    const logged = await Promise.all(['1', '2', '3'].map((name) => client.logLeadActivity(example(name))));
    expect(await client.flush()).toBe(true);
    expect([...bridge.book.values()]).toEqual(
      ['1', '2', '3'].map((description) => ({
        ...example(description),
        eventCategory: 'SMS',
        source: 'test:client',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        idempotencyKey: expect.stringMatching(/^[\da-f-]{36}$/),
      })),
    );
    expect(logged.map(({ state }) => state)).toEqual(['queued', 'queued', 'queued']);
    expect(logged.map(({ idempotencyKey }) => idempotencyKey)).toEqual([...bridge.book.keys()]);
    expect(bridge.requests).toHaveLength(1);
    expect(bridge.requests[0]?.headers).toMatchObject({
      'x-api-key': API_KEY,
      'x-workspace-id': '019a0000-0000-7000-8000-000000000001',
      'content-type': 'application/json',
    });
    expect(client.stats()).toMatchObject({
      logged: 3,
      sent: 3,
      acknowledged: 3,
      queued: 0,
      retried: 0,
      memoryBytes: 0,
    });
  });

  test('lets a batch go when it has enough events, enough bytes, or has waited long enough', async () => {
    const bridge = await startBridge();
    const client = startClient({ url: bridge.url, lingerMs: 60_000, batchEvents: 10 });
    for (let n = 0; n < 25; n += 1) void client.log(example(String(n)));
    await vi.waitUntil(() => bridge.book.size === 20);
    expect(bridge.requests.map(({ events }) => events.length)).toEqual([10, 10]);
    await client.flush();
    expect(bridge.requests.map(({ events }) => events.length)).toEqual([10, 10, 5]);

    const small = startClient({ url: bridge.url, lingerMs: 60_000, batchBytes: 2_000 });
    for (let n = 0; n < 3; n += 1) void small.log({ ...example('large'), messageContent: 'x'.repeat(1_200) });
    await vi.waitUntil(() => bridge.requests.length === 5);
    expect(bridge.requests.slice(3).map(({ events }) => events.length)).toEqual([1, 1]);

    const patient = startClient({ url: bridge.url, lingerMs: 30 });
    void patient.log(example('alone'));
    await vi.waitUntil(() => patient.stats().acknowledged === 1);
  });

  test('sends again what was not taken, under the same keys, and reports it when it goes on', async () => {
    const bridge = await startBridge();
    bridge.reply = ({ number }) => [500, 429, unavailable, 408, undefined][number - 1];
    const client = startClient({ url: bridge.url });
    void client.log(example('again'));
    expect(await client.flush({ timeoutMs: 20_000 })).toBe(true);
    expect(new Set(bridge.requests.map(({ events }) => events[0]?.idempotencyKey)).size).toBe(1);
    expect(client.stats()).toMatchObject({ sent: 5, retried: 4, acknowledged: 1, state: 'idle', lastError: undefined });
    expect(client.errors.map(({ code }) => code)).toEqual(['UNAVAILABLE']);
  });

  test('waits as long as the server asks, also when it is told to flush', async () => {
    const bridge = await startBridge();
    bridge.reply = ({ number }) => (number === 1 ? { status: 429, headers: { 'retry-after': '1' } } : undefined);
    const client = startClient({ url: bridge.url });
    const before = performance.now();
    void client.log(example('later'));
    await vi.waitUntil(() => client.stats().state === 'waiting');
    await client.flush();
    expect(performance.now() - before).toBeGreaterThan(990);
    expect(client.stats()).toMatchObject({ acknowledged: 1 });
  });

  test.each([
    ['goes away', (res) => res.destroy()],
    [
      'ends in the middle of the answer',
      (res) => res.writeHead(207, { 'content-length': '100' }).write('{"res', () => res.destroy()),
    ],
    ['says something else', (res) => res.writeHead(200).end('<html>It works!</html>')],
    ['counts wrong', (res) => res.writeHead(207).end('{"results":[]}')],
    ['never answers', () => undefined],
    ['never ends its answer', (res) => void res.writeHead(207).write('{"results":')],
    ['closes its half of the connection', (res) => void res.socket?.end()],
  ] satisfies [string, (res: import('node:http').ServerResponse) => void][])(
    'takes nothing for granted from a server that %s',
    async (_name, reply) => {
      const bridge = await startBridge();
      bridge.reply = ({ number }) => (number <= 2 ? reply : undefined);
      const client = startClient({ url: bridge.url, timeoutMs: 200 });
      void client.log(example('1'));
      void client.log(example('2'));
      expect(await client.flush({ timeoutMs: 10_000 })).toBe(true);
      expect(client.stats()).toMatchObject({ acknowledged: 2, queued: 0 });
      expect([...bridge.book.values()].map(({ description }) => description)).toEqual(['1', '2']);
    },
  );

  test('goes on where it was when the server comes back', async () => {
    const bridge = await startBridge();
    const client = startClient({ url: bridge.url });
    void client.log(example('before'));
    await client.flush();
    await bridge.shut();
    void client.log(example('meanwhile'));
    expect(await client.flush({ timeoutMs: 300 })).toBe(false);
    expect(client.stats()).toMatchObject({ queued: 1, acknowledged: 1 });
    await bridge.open();
    expect(await client.flush()).toBe(true);
    expect([...bridge.book.values()].map(({ description }) => description)).toEqual(['before', 'meanwhile']);
  });

  test('does not take what cannot be sent for what has been sent', async () => {
    const bridge = await startBridge();
    const client = startClient({ url: bridge.url, batchEvents: 1 });
    bridge.reply = ({ number }) => (number < 3 ? undefined : 503);
    for (const name of ['a', 'b', 'c']) await client.log(example(name));
    const flushed = client.flush({ timeoutMs: 1_500 });
    for (let i = 0; i < 3; i += 1) await client.log({ ...example('big'), metadata: { n: 1n } });
    expect(await flushed).toBe(false);
    expect(client.stats()).toMatchObject({ acknowledged: 2, rejected: 3, queued: 1 });
  });

  test('forgets nothing while it flushes what came before', async () => {
    const bridge = await startBridge();
    const client = startClient({ url: bridge.url, batchEvents: 7 });
    let isDone = false;
    const writing = (async () => {
      for (let n = 0; !isDone; n += 1) await Promise.all([client.log(example(String(n))), client.log(example('x'))]);
    })();
    expect(await client.flush()).toBe(true);
    expect(await client.flush()).toBe(true);
    isDone = true;
    await writing;
    await client.flush();
    const { logged, acknowledged, queued } = client.stats();
    expect({ acknowledged, queued }).toEqual({ acknowledged: logged, queued: 0 });
    expect(bridge.book.size).toBe(logged);
  });

  test('gives up a request on its way when it is closed', async () => {
    const bridge = await startBridge();
    let listeners = 0;
    const client = startClient({
      url: bridge.url,
      fetch: (input, init) => {
        listeners += 1;
        init?.signal?.addEventListener('abort', () => {
          listeners -= 1;
        });
        return fetch(input, init);
      },
    });
    bridge.reply = () => () => undefined;
    void client.log(example('unanswered'));
    await vi.waitUntil(() => bridge.requests.length === 1);
    const before = performance.now();
    expect(await client.close({ timeoutMs: 50 })).toEqual({ onDisk: 0, lost: 1 });
    expect(performance.now() - before).toBeLessThan(2_000);
    expect(listeners).toBe(0);
  });

  test('closes once, sending what waits, and drops what comes later', async () => {
    const bridge = await startBridge();
    const client = startClient({ url: bridge.url, lingerMs: 60_000 });
    void client.log(example('last'));
    expect(await Promise.all([client.close(), client.close()])).toEqual([
      { onDisk: 0, lost: 0 },
      { onDisk: 0, lost: 0 },
    ]);
    expect(bridge.book.size).toBe(1);
    expect(await client.log(example('late'))).toMatchObject({ state: 'dropped' });
    expect(client.stats()).toMatchObject({ state: 'closed', dropped: 1 });
    expect(client.errors).toMatchObject([{ code: 'DROPPED' }]);
  });
});
