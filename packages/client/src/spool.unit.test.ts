import { readdirSync, readFileSync, renameSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { startBridge } from '../testing/bridge.ts';
import { example, filesIn, spoolFolder, startClient } from '../testing/client.ts';
import { createFaultyFiles, diskError } from '../testing/faulty-files.ts';

const NOWHERE = 'http://127.0.0.1:9';

/** Adds a folder with these events to a spool, as a client leaves it that never reached the server; its segment. */
async function leaveBehind(spoolDir: string, url: string, names: readonly string[]): Promise<string> {
  const apart = spoolFolder();
  const client = startClient({ url, spoolDir: apart, fetch: () => Promise.reject(new Error('not yet')) });
  for (const name of names) expect(await client.log(example(name))).toMatchObject({ state: 'durable' });
  expect(await client.close({ timeoutMs: 0 })).toEqual({ onDisk: names.length, lost: 0 });
  const [folder = ''] = readdirSync(apart);
  renameSync(join(apart, folder), join(spoolDir, folder));
  const segment = readdirSync(join(spoolDir, folder)).find((name) => name.endsWith('.seg'));
  return join(spoolDir, folder, segment ?? '');
}

const namesIn = (book: ReadonlyMap<string, { readonly description?: unknown }>) =>
  [...book.values()].map(({ description }) => description);

describe('the spool', () => {
  test('outlives its client: the next one sends what is in it, under the same keys and times', async () => {
    const bridge = await startBridge();
    const spoolDir = spoolFolder();
    await leaveBehind(spoolDir, bridge.url, ['1', '2', '3']);
    const client = startClient({ url: bridge.url, spoolDir });
    await vi.waitUntil(() => client.stats().acknowledged === 3);
    expect(namesIn(bridge.book)).toEqual(['1', '2', '3']);
    expect(client.stats()).toMatchObject({ recovered: 3, logged: 0, queued: 0, damaged: 0 });
    await client.close();
    expect(filesIn(spoolDir)).toEqual([]);
  });

  test('is adopted once, by whichever of several clients is first', async () => {
    const bridge = await startBridge();
    const spoolDir = spoolFolder();
    for (const name of ['1', '2', '3', '4']) await leaveBehind(spoolDir, bridge.url, [name]);
    const clients = Array.from({ length: 5 }, () => startClient({ url: bridge.url, spoolDir }));
    await vi.waitUntil(() => bridge.book.size === 4);
    await Promise.all(clients.map((client) => client.close()));
    expect(clients.reduce((sum, client) => sum + client.stats().sent, 0)).toBe(4);
    expect(filesIn(spoolDir)).toEqual([]);
  });

  test('is never sent to another server, workspace or key, but reported', async () => {
    const bridge = await startBridge();
    const spoolDir = spoolFolder();
    await leaveBehind(spoolDir, NOWHERE, ['elsewhere']);
    const stranger = startClient({ url: bridge.url, spoolDir });
    await vi.waitUntil(() => stranger.errors.length > 0);
    expect(stranger.errors).toMatchObject([{ code: 'SPOOL_FOREIGN', message: expect.stringContaining(NOWHERE) }]);
    const heir = startClient({ url: bridge.url, spoolDir, adoptFrom: [{ url: NOWHERE }] });
    await vi.waitUntil(() => heir.stats().acknowledged === 1);
    expect(namesIn(bridge.book)).toEqual(['elsewhere']);
    const withKey = (apiKey: string) => startClient({ url: bridge.url, spoolDir, apiKey });
    await leaveBehind(spoolDir, bridge.url, ['ours']);
    const other = withKey('hb_of_another_workspace');
    await vi.waitUntil(() => other.errors.length > 0);
    expect(other.stats()).toMatchObject({ recovered: 0 });
    expect(JSON.stringify(filesIn(spoolDir).map((name) => readFileSync(join(spoolDir, name), 'latin1')))).not.toContain(
      'hb_test_secret',
    );
  });

  test('cut off at any byte gives back every whole event, and sets aside the rest', async () => {
    const spoolDir = spoolFolder();
    const segment = await leaveBehind(spoolDir, NOWHERE, ['1', '2', '3']);
    const whole = readFileSync(segment);
    const { encodeEvents, scan } = await import('./spool/frame.ts');
    const size = encodeEvents(scan(whole).events.slice(0, 1)).length;
    for (let length = 0; length < whole.length; length += 1) {
      const { events, damaged, closedWith } = scan(whole.subarray(0, length));
      expect(events).toHaveLength(Math.min(3, Math.floor(length / size)));
      expect(closedWith).toBeUndefined();
      expect(damaged).toHaveLength(length % size === 0 && length <= 3 * size ? 0 : 1);
    }
  });

  test('with any byte flipped gives back every other event, and never one that was not written', async () => {
    const spoolDir = spoolFolder();
    const segment = await leaveBehind(spoolDir, NOWHERE, ['1', '2', '3']);
    const { scan } = await import('./spool/frame.ts');
    const whole = readFileSync(segment);
    const written = scan(whole).events;
    for (let at = 0; at < whole.length; at += 1) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      const { events, damaged } = scan(flipped);
      expect(damaged.length).toBeGreaterThan(0);
      expect(events.length).toBeGreaterThanOrEqual(2);
      expect(events.every((text) => written.includes(text))).toBe(true);
    }
  });

  test('that is damaged is reported and set aside, and everything else in it is sent', async () => {
    const bridge = await startBridge();
    const spoolDir = spoolFolder();
    const segment = await leaveBehind(spoolDir, bridge.url, ['1', '2', '3']);
    const bytes = readFileSync(segment);
    bytes[Math.floor(bytes.length / 2)] = 0;
    writeFileSync(segment, bytes);
    const client = startClient({ url: bridge.url, spoolDir });
    await vi.waitUntil(() => client.stats().acknowledged === 2);
    expect(namesIn(bridge.book)).toEqual(['1', '3']);
    await vi.waitUntil(() => client.errors.length > 0);
    expect(client.errors).toMatchObject([{ code: 'SPOOL_DAMAGED', message: expect.stringContaining(spoolDir) }]);
    expect(readdirSync(join(spoolDir, 'aside'))).toHaveLength(2);
  });

  test('in which nothing is sound is set aside whole', async () => {
    const bridge = await startBridge();
    const spoolDir = spoolFolder();
    const segment = await leaveBehind(spoolDir, bridge.url, ['1', '2', '3']);
    writeFileSync(segment, 'nothing of this is a frame');
    const client = startClient({ url: bridge.url, spoolDir });
    await vi.waitUntil(() => client.errors.length > 0);
    expect(client.errors).toMatchObject([{ code: 'SPOOL_DAMAGED' }]);
    await client.close();
    const aside = readdirSync(join(spoolDir, 'aside')).find((name) => name.endsWith('.bytes')) ?? '';
    expect(readFileSync(join(spoolDir, 'aside', aside), 'utf8')).toBe('nothing of this is a frame');
  });

  test('that lost its end is reported, though every event left in it is sound', async () => {
    const bridge = await startBridge();
    const spoolDir = spoolFolder();
    const segment = await leaveBehind(spoolDir, bridge.url, ['1', '2']);
    const { encodeEvents, scan } = await import('./spool/frame.ts');
    truncateSync(segment, encodeEvents(scan(readFileSync(segment)).events.slice(0, 1)).length);
    const client = startClient({ url: bridge.url, spoolDir });
    await vi.waitUntil(() => client.stats().acknowledged === 1);
    expect(client.errors).toMatchObject([{ code: 'SPOOL_DAMAGED', message: expect.stringContaining('cut short') }]);
  });

  test('of a process that cannot be asked counts as left behind when it says nothing for a minute', async () => {
    const bridge = await startBridge();
    const spoolDir = spoolFolder();
    await leaveBehind(spoolDir, bridge.url, ['1']);
    const [folder = ''] = readdirSync(spoolDir);
    const elsewhere = join(spoolDir, '77-of-another-machine');
    renameSync(join(spoolDir, folder), elsewhere);
    const note = join(elsewhere, 'owner.json');
    writeFileSync(note, JSON.stringify({ ...JSON.parse(readFileSync(note, 'utf8')), host: 'another-machine' }));
    const first = startClient({ url: bridge.url, spoolDir });
    await first.log(example('own'));
    await first.close();
    expect(namesIn(bridge.book)).toEqual(['own']);
    const longAgo = new Date(Date.now() - 120_000);
    utimesSync(note, longAgo, longAgo);
    const second = startClient({ url: bridge.url, spoolDir });
    await vi.waitUntil(() => second.stats().acknowledged === 1);
    expect(namesIn(bridge.book)).toEqual(['own', '1']);
  });

  test('taken away under a living client costs nothing', async () => {
    const bridge = await startBridge();
    const spoolDir = spoolFolder();
    const client = startClient({ url: bridge.url, spoolDir, lingerMs: 60_000 });
    await client.log(example('before'));
    const [folder = ''] = readdirSync(spoolDir);
    renameSync(join(spoolDir, folder), join(spoolDir, `left-${folder}`));
    expect(await client.log(example('after'))).toMatchObject({ state: 'durable' });
    const other = startClient({ url: bridge.url, spoolDir });
    await vi.waitUntil(() => other.stats().recovered > 0);
    expect(await client.flush()).toBe(true);
    expect(await other.flush()).toBe(true);
    expect(namesIn(bridge.book).toSorted()).toEqual(['after', 'before']);
  });
});

describe('a disk that fails', () => {
  test.each([
    ['is full', 'append', 'ENOSPC'],
    ['cannot sync', 'sync', 'EIO'],
    ['takes no files', 'create', 'EROFS'],
    ['takes no folders', 'makeFolder', 'EACCES'],
  ])('because it %s is reported; events wait in memory and arrive once', async (_name, action, code) => {
    const bridge = await startBridge();
    await bridge.shut();
    const files = createFaultyFiles();
    const client = startClient({ url: bridge.url, spoolDir: spoolFolder(), files });
    if (action === 'append' || action === 'sync') await client.log(example('before'));
    files.fault = (asked) => (asked === action ? diskError(code) : undefined);
    expect(await client.log(example('during'))).toMatchObject({ state: 'queued' });
    expect(client.errors.filter((error) => error.code === 'SPOOL_FAILED')).toMatchObject([
      { message: expect.stringContaining(code) },
    ]);
    await bridge.open();
    await client.flush();
    const { logged } = client.stats();
    expect(client.stats()).toMatchObject({ acknowledged: logged, queued: 0, dropped: 0 });
    expect(bridge.book.size).toBe(logged);
  });

  test('for a while is used again afterwards', async () => {
    const files = createFaultyFiles();
    const client = startClient({ url: NOWHERE, spoolDir: spoolFolder(), files });
    files.fault = () => diskError('EIO');
    expect(await client.log(example('1'))).toMatchObject({ state: 'queued' });
    files.fault = () => undefined;
    const wait = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 6_000);
    expect(await client.log(example('2'))).toMatchObject({ state: 'durable' });
    wait.mockRestore();
    expect(await client.close({ timeoutMs: 0 })).toEqual({ onDisk: 2, lost: 0 });
  });

  test('and does not give a segment back has it set aside whole, and goes on', async () => {
    const bridge = await startBridge();
    const spoolDir = spoolFolder();
    await leaveBehind(spoolDir, bridge.url, ['unreadable']);
    await leaveBehind(spoolDir, bridge.url, ['readable']);
    const files = createFaultyFiles();
    let bad: string | undefined;
    files.fault = (action, path) => {
      if (action !== 'read' || !path.endsWith('.seg')) return undefined;
      bad ??= path.slice(path.lastIndexOf('/'));
      return path.endsWith(bad) ? diskError('EIO') : undefined;
    };
    const client = startClient({ url: bridge.url, spoolDir, files });
    await vi.waitUntil(() => client.stats().acknowledged === 1);
    expect(client.errors).toMatchObject([{ code: 'SPOOL_DAMAGED', message: expect.stringContaining('EIO') }]);
    expect(readdirSync(join(spoolDir, 'aside'))).toHaveLength(2);
  });
});

describe('a spool that is full', () => {
  test.each([
    ['in bytes', { maxSpoolBytes: 3_000 }, 0],
    ['in age', { maxSpoolAgeMs: 60_000 }, 120_000],
  ])(
    '%s takes nothing more: events wait in memory, then they are given up; what is in it stays',
    async (_name, cap, later) => {
      const bridge = await startBridge();
      await bridge.shut();
      const client = startClient({ url: bridge.url, spoolDir: spoolFolder(), maxMemoryBytes: 6_000, ...cap });
      const first = await client.log(example('first'));
      const wait = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + later);
      const states = [first.state];
      for (let n = 0; n < 40; n += 1) states.push((await client.log(example(String(n)))).state);
      wait.mockRestore();
      expect([...new Set(states)]).toEqual(['durable', 'queued', 'dropped']);
      expect(client.errors.map(({ code }) => code)).toEqual(expect.arrayContaining(['SPOOL_FULL', 'DROPPED']));
      await bridge.open();
      await client.flush();
      expect(bridge.book.size).toBe(states.filter((state) => state !== 'dropped').length);
      expect(bridge.book.has(first.idempotencyKey ?? '')).toBe(true);
    },
  );
});
