import { expect, test, vi } from 'vitest';
import { startBridge } from '../testing/bridge.ts';
import { example, filesIn, spoolFolder, startClient } from '../testing/client.ts';

test('memory is bounded: without a spool what does not fit is given up, and counted', async () => {
  const bridge = await startBridge();
  await bridge.shut();
  const client = startClient({ url: bridge.url, maxMemoryBytes: 20_000 });
  const logged = await Promise.all(Array.from({ length: 200 }, (_, n) => client.log(example(String(n)))));
  const dropped = logged.filter(({ state }) => state === 'dropped').length;
  expect(dropped).toBeGreaterThan(50);
  expect(client.stats()).toMatchObject({ logged: 200, dropped, queued: 200 - dropped });
  expect(client.stats().memoryBytes).toBeLessThanOrEqual(20_000);
  expect(client.errors.filter(({ code }) => code === 'DROPPED')).toHaveLength(1);
  await bridge.open();
  await client.flush();
  expect(bridge.book.size).toBe(200 - dropped);
  expect(client.stats()).toMatchObject({ memoryBytes: 0, queued: 0 });
});

test('memory is bounded: with a spool what does not fit waits on the disk, and comes back in order', async () => {
  const bridge = await startBridge();
  await bridge.shut();
  const spoolDir = spoolFolder();
  const client = startClient({ url: bridge.url, spoolDir, maxMemoryBytes: 2_000_000 });
  const total = 20_000;
  for (let n = 0; n < total; n += 500) {
    const group = Array.from({ length: 500 }, (_, i) => client.log(example(String(n + i))));
    for (const { state } of await Promise.all(group)) expect(state).toBe('durable');
    expect(client.stats().memoryBytes).toBeLessThan(3_200_000);
  }
  expect(client.stats()).toMatchObject({ dropped: 0, queued: total, onDisk: total });
  await bridge.open();
  expect(await client.flush({ timeoutMs: 30_000 })).toBe(true);
  const names = [...bridge.book.values()].map(({ description }) => description);
  expect(names).toEqual(Array.from({ length: total }, (_, n) => String(n)));
  expect(client.stats()).toMatchObject({ memoryBytes: 0, queued: 0, acknowledged: total });
  await vi.waitUntil(() => filesIn(spoolDir).every((name) => name.endsWith('owner.json')), { timeout: 10_000 });
}, 60_000);

test('a program that logs in a loop lets others have their turn', async () => {
  const bridge = await startBridge();
  const client = startClient({ url: bridge.url });
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  // Without a turn for the timer this would go on until the test is ended.
  while (turns < 10) await client.log(example('again'));
  clearInterval(timer);
  expect(client.stats().logged).toBeGreaterThan(0);
});
