import { readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startBridge } from '../testing/bridge.ts';
import { API_KEY, example, spoolFolder, startClient } from '../testing/client.ts';

const QUARANTINE_ID = '019a0000-0000-7000-8000-0000000000aa';
const refusal = {
  httpStatus: 422,
  code: 'UNKNOWN_TYPE',
  message: 'This event type is not in the catalogue.',
  issues: [{ path: 'eventType', message: 'is unknown' }],
};

describe('a refused event', () => {
  test('is reported with its reason and its place in quarantine, is not sent again, and costs no other', async () => {
    const bridge = await startBridge();
    bridge.judge = ({ description }) =>
      description === 'bad' ? { ...refusal, status: 'quarantined', quarantineId: QUARANTINE_ID } : undefined;
    const client = startClient({ url: bridge.url });
    for (const name of ['good', 'bad', 'better']) void client.log(example(name));
    expect(await client.flush()).toBe(true);
    expect(client.rejections).toEqual([
      {
        code: 'UNKNOWN_TYPE',
        reason: refusal.message,
        issues: refusal.issues,
        quarantineId: QUARANTINE_ID,
        keptIn: undefined,
        event: expect.objectContaining(example('bad')),
        suppressed: 0,
      },
    ]);
    expect(client.stats()).toMatchObject({ sent: 3, acknowledged: 2, rejected: 1, retried: 0, queued: 0 });
  });

  test('that the server does not keep is kept in a file', async () => {
    const bridge = await startBridge();
    bridge.judge = () => ({ httpStatus: 409, code: 'IDEMPOTENCY_CONFLICT', message: 'used before' });
    const client = startClient({ url: bridge.url, spoolDir: spoolFolder() });
    await client.log(example('conflict'));
    await client.flush();
    const [{ keptIn = '' } = {}] = client.rejections;
    expect(JSON.parse(readFileSync(keptIn, 'utf8'))).toMatchObject(example('conflict'));
  });

  test('of a batch that is refused as a whole is found by halving, and the others pass', async () => {
    const bridge = await startBridge();
    bridge.reply = ({ events }) =>
      events.some(({ description }) => description === 'poison')
        ? { status: 400, body: { message: 'bad' } }
        : undefined;
    const client = startClient({ url: bridge.url });
    for (let n = 0; n < 100; n += 1) void client.log(example(n === 61 ? 'poison' : String(n)));
    expect(await client.flush()).toBe(true);
    expect(bridge.book.size).toBe(99);
    expect(client.rejections).toMatchObject([{ reason: 'answered 400: bad', event: { description: 'poison' } }]);
    expect(bridge.requests.length).toBeLessThan(60);
  });

  test.each([
    ['nothing', undefined],
    ['a number', 7],
    ['a list', [example('x')]],
    ['a BigInt', { ...example('x'), metadata: { step: 7n } }],
    ['a circle', circle()],
    [
      'a trap',
      {
        get description() {
          throw new Error('trapped');
        },
      },
    ],
    ['a date that is none', { ...example('x'), timestamp: new Date(Number.NaN) }],
    ['two spellings that differ', { ...example('x'), event_type: 'OPT_OUT' }],
    ['a megabyte', { ...example('x'), messageContent: 'x'.repeat(2 ** 20) }],
    ['a key that is no text', { ...example('x'), idempotencyKey: 7 }],
  ])('that cannot be sent (%s) is reported and breaks nothing', async (_name, event) => {
    const bridge = await startBridge();
    const client = startClient({ url: bridge.url });
    expect(await client.log(event as never)).toEqual({ state: 'rejected', idempotencyKey: undefined });
    expect(client.rejections).toMatchObject([{ code: 'UNSENDABLE', reason: expect.stringMatching(/\w+ \w+/) }]);
    expect(client.stats()).toMatchObject({ logged: 1, rejected: 1, queued: 0, memoryBytes: 0 });
  });
});

describe('a server that takes nothing', () => {
  test.each([401, 403, 404, 405, 301, 415])(
    'because of what is set (%i) is left alone until that is put right',
    async (status) => {
      const bridge = await startBridge();
      bridge.reply = () => ({
        status,
        headers: { location: 'https://elsewhere.example/' },
        body: { message: `no ${API_KEY}` },
      });
      const client = startClient({ url: bridge.url });
      void client.log(example('1'));
      expect(await client.flush({ timeoutMs: 60_000 })).toBe(false);
      void client.log(example('2'));
      expect(await client.flush({ timeoutMs: 60_000 })).toBe(false);
      expect(bridge.requests).toHaveLength(1);
      expect(client.stats()).toMatchObject({ state: 'paused', queued: 2, rejected: 0, dropped: 0 });
      expect(client.errors).toMatchObject([{ code: 'PAUSED', message: expect.stringContaining(String(status)) }]);
      expect(JSON.stringify([client.errors, client.stats()])).not.toContain(API_KEY);

      bridge.reply = () => undefined;
      client.setApiKey('hb_another_key');
      await vi.waitUntil(() => client.stats().acknowledged === 2);
      expect(bridge.requests.at(-1)?.headers['x-api-key']).toBe('hb_another_key');
    },
  );

  test('because a batch is too large gets smaller ones', async () => {
    const bridge = await startBridge();
    bridge.reply = ({ bytes }) => (bytes > 3_000 ? 413 : undefined);
    const client = startClient({ url: bridge.url });
    for (let n = 0; n < 200; n += 1) void client.log(example(String(n)));
    void client.log({ ...example('giant'), messageContent: 'x'.repeat(4_000) });
    expect(await client.flush()).toBe(true);
    expect(bridge.book.size).toBe(200);
    expect(client.rejections).toMatchObject([{ event: { description: 'giant' } }]);
  });

  test('because one event breaks it gets the others', async () => {
    const bridge = await startBridge();
    bridge.reply = ({ events }) => (events.some(({ description }) => description === 'breaks') ? 500 : undefined);
    const client = startClient({ url: bridge.url });
    for (const name of ['1', 'breaks', '2', '3']) void client.log(example(name));
    await vi.waitUntil(() => bridge.book.size === 3, { timeout: 20_000 });
    expect(client.stats()).toMatchObject({ rejected: 0, queued: 1 });
    bridge.reply = () => undefined;
    expect(await client.flush({ timeoutMs: 20_000 })).toBe(true);
    expect(bridge.book.size).toBe(4);
  }, 40_000);
});

describe('reports', () => {
  test('are few, count what they leave out, and may fail', async () => {
    const bridge = await startBridge();
    bridge.judge = () => refusal;
    let told = 0;
    const client = startClient({
      url: bridge.url,
      onRejected: async () => {
        told += 1;
        throw new Error('the listener failed');
      },
    });
    for (let n = 0; n < 100; n += 1) void client.log(example(String(n)));
    expect(await client.flush()).toBe(true);
    expect(told).toBe(20);
    expect(client.stats()).toMatchObject({ rejected: 100 });
  });

  test('are process warnings when nobody listens', async () => {
    const bridge = await startBridge();
    bridge.judge = () => refusal;
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    onTestFinished(() => warn.mockRestore());
    const client = startClient({ url: bridge.url, onRejected: undefined });
    void client.log(example('bad'));
    await client.flush();
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      'an event was refused: This event type is not in the catalogue. (eventType is unknown) [UNKNOWN_TYPE]',
      { type: 'HistorybookWarning' },
    );
  });
});

function circle(): object {
  const event: Record<string, unknown> = { ...example('x') };
  event.metadata = event;
  return event;
}
