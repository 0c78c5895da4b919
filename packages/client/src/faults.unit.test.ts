import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Reply, startBridge } from '../testing/bridge.ts';
import { example, spoolFolder, startClient } from '../testing/client.ts';
import { createFaultyFiles, diskError } from '../testing/faulty-files.ts';

/** What can become of a request; the last ones take it. */
const REPLIES: readonly (Reply | undefined)[] = [
  500,
  429,
  { status: 503, headers: { 'retry-after': '0' } },
  413,
  (res) => res.destroy(),
  (res) => res.writeHead(207).end('{"results":'),
  undefined,
  undefined,
  undefined,
];

/** What went wrong once: the disk failed while the end of a segment was written, and again while what was left was set aside. */
const SEEN: [{ replies: number[]; disk: boolean[]; refused: number; maxMemoryBytes: number; groups: number[] }][] = [
  [
    {
      replies: [],
      disk: [false, false, false, false, false, true, true],
      refused: 2,
      maxMemoryBytes: 30_000,
      groups: [68],
    },
  ],
];

test('whatever server, disk and memory do, each event is accounted for once, and what was kept arrives once', async () => {
  const faults = fc.record({
    replies: fc.array(fc.integer({ min: 0, max: REPLIES.length - 1 }), { maxLength: 12 }),
    disk: fc.array(fc.boolean(), { maxLength: 12 }),
    refused: fc.integer({ min: 2, max: 50 }),
    maxMemoryBytes: fc.constantFrom(30_000, 200_000, 10_000_000),
    groups: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 }),
  });
  await fc.assert(
    fc.asyncProperty(faults, async ({ replies, disk, refused, maxMemoryBytes, groups }) => {
      const bridge = await startBridge();
      bridge.reply = ({ number, events }) => {
        const reply = REPLIES[replies[number - 1] ?? -1];
        // A single event that is too large would be refused rightly.
        return reply === 413 && events.length === 1 ? undefined : reply;
      };
      const isBad = (n: number) => n % refused === 0;
      bridge.judge = ({ description }) =>
        isBad(Number(description)) ? { httpStatus: 422, code: 'BAD', message: 'bad', quarantineId: 'q' } : undefined;
      const files = createFaultyFiles();
      let writes = 0;
      files.fault = (action) => {
        if (action !== 'append' && action !== 'sync') return undefined;
        writes += 1;
        return disk[writes] ? diskError('EIO') : undefined;
      };
      const client = startClient({ url: bridge.url, spoolDir: spoolFolder(), files, maxMemoryBytes, batchEvents: 40 });
      const kept: number[] = [];
      let n = 0;
      for (const group of groups) {
        const numbers = Array.from({ length: group }, () => ++n);
        const logged = await Promise.all(numbers.map((number) => client.log(example(String(number)))));
        kept.push(...numbers.filter((_, i) => logged[i]?.state !== 'dropped'));
      }
      for (let tries = 0; client.stats().queued > 0 && tries < 60; tries += 1) await client.flush({ timeoutMs: 500 });
      const { logged, recovered, acknowledged, rejected, dropped, damaged, queued, memoryBytes } = client.stats();
      expect({ queued, memoryBytes, logged }).toEqual({ queued: 0, memoryBytes: 0, logged: n });
      expect(acknowledged + rejected + dropped + damaged).toBe(logged + recovered);
      const names = [...bridge.book.values()].map(({ description }) => Number(description));
      expect(names.toSorted((a, b) => a - b)).toEqual(kept.filter((number) => !isBad(number)));
      await client.close();
    }),
    { numRuns: 40, interruptAfterTimeLimit: 40_000, examples: SEEN },
  );
}, 90_000);
