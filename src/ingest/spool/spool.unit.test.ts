import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { createManualClock } from '#testing/clock.ts';
import { exampleRecord } from '#testing/example-record.ts';
import { createFaultyFiles, diskError } from '#testing/faulty-files.ts';
import {
  append,
  deadProcess,
  drainAll,
  filesIn,
  leaveBehind,
  recordsIn,
  segmentOf,
  spoolDataDir,
  startSpool,
} from '#testing/spool.ts';
import { scanSegment } from './scan-segment.ts';
import type { Spool } from './spool.ts';

// They write to a real disk and wait for it, beside whatever else the machine does.
vi.setConfig({ testTimeout: 60_000 });

const numbered = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`);

async function oldestRecords(spool: Spool) {
  const oldest = await spool.oldest();
  return oldest && recordsIn(oldest);
}

describe('what was appended', () => {
  test('comes out again as it went in, oldest first', async () => {
    const spool = await startSpool({ dataDir: spoolDataDir() });
    const odd = {
      message: 'NUL \0, half a pair \ud800, ✓ and 𝄞',
      metadata: JSON.parse('{"__proto__":{"a":1},"n":-0.5}'),
    };
    const record = exampleRecord('odd', {
      ...odd,
      occurredAt: new Date('2025-11-07T08:15:05.123Z'),
      tags: [],
      success: false,
    });
    await spool.append(record);
    await spool.append({ kind: 'refusal', entry: { any: ['thing'] } });
    expect(await oldestRecords(spool)).toEqual([record, { kind: 'refusal', entry: { any: ['thing'] } }]);
    await append(spool, 'later');
    expect(await oldestRecords(spool)).toHaveLength(2);
  });

  test('is on the disk before it is acknowledged: many at once with one write and one sync', async () => {
    const files = createFaultyFiles();
    const dataDir = spoolDataDir();
    const spool = await startSpool({ dataDir, files });
    await append(spool, 'the first makes the folder and the segment');
    files.actions.length = 0;
    await append(spool, ...numbered(1, 500));
    expect(files.actions.map(({ kind }) => kind)).toEqual(['append', 'sync', 'state']);
    expect(readFileSync(segmentOf(dataDir), 'utf8')).toContain('"description":"500"');
    expect(spool.stats()).toMatchObject({ records: 501, segments: 1, damaged: 0 });
  });

  test('is kept in segments that are closed when they are full', async () => {
    const dataDir = spoolDataDir();
    const spool = await startSpool({ dataDir, segmentBytes: 2_000 });
    for (const name of numbered(1, 40)) await append(spool, name);
    const endings = filesIn(join(dataDir, 'spool')).map((name) => name.split('.').at(-1));
    expect(endings.filter((ending) => ending === 'seg').length).toBeGreaterThan(4);
    expect(endings.filter((ending) => ending === 'open').length).toBeLessThanOrEqual(1);
    expect(spool.stats().segments).toBeGreaterThan(4);
    expect(await drainAll(spool)).toEqual(numbered(1, 40));
    expect(spool.stats()).toMatchObject({ records: 0, bytes: 0, segments: 0, oldestAt: null });
  });

  test('stays in order when the clock is set back', async () => {
    const clock = { ...systemClock, now: () => new Date(time) };
    let time = Date.UTC(2025, 10, 7);
    const spool = await startSpool({ dataDir: spoolDataDir(), clock, segmentBytes: 1 });
    for (const name of numbered(1, 6)) {
      await append(spool, name);
      time -= 86_400_000;
    }
    expect(await drainAll(spool)).toEqual(numbered(1, 6));
  });

  test('is there after kill -9 at any moment: every number that was acknowledged, and nothing made up', async () => {
    const dataDir = spoolDataDir();
    const program = fileURLToPath(new URL('../../testing/spool-writer.ts', import.meta.url));
    const acknowledged: string[] = [];
    for (const enough of [1, 40, 2_000]) {
      const child = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
      let output = '';
      for await (const chunk of child.stdout) {
        output += chunk;
        if (output.split('\n').length > enough) child.kill('SIGKILL');
      }
      acknowledged.push(...output.split('\n').slice(0, -1));
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    const spool = await startSpool({ dataDir });
    expect(spool.stats().damaged).toBe(0);
    const found = await drainAll(spool);
    expect(found.length).toBeGreaterThanOrEqual(acknowledged.length);
    const count = (names: readonly string[]) => Map.groupBy(names, (name) => name);
    const there = count(found);
    for (const [name, times] of count(acknowledged))
      expect(there.get(name)?.length).toBeGreaterThanOrEqual(times.length);
    expect(filesIn(join(dataDir, 'spool')).filter((name) => /open|seg/.test(name))).toEqual([]);
  });
});

describe('a spool that is full', () => {
  test('refuses what would make it larger than it may be, until some of it is drained', async () => {
    const spool = await startSpool({ dataDir: spoolDataDir(), maxBytes: 4_000 });
    const results = await Promise.allSettled(numbered(1, 40).map((name) => spool.append(exampleRecord(name))));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThan(20);
    const message = 'The book cannot be reached right now, and the spool is full. Try again shortly.';
    expect(refused[0]?.reason).toMatchObject({ code: 'UNAVAILABLE', retryAfter: 60, message });
    // Not full to the byte, and yet it refuses: only this says so.
    expect(spool.stats()).toMatchObject({ lastRefusal: { why: 'the spool is full' } });
    expect(spool.stats().bytes).toBeLessThanOrEqual(4_000);
    await drainAll(spool);
    expect(spool.stats().lastRefusal).toBeUndefined();
    await append(spool, 'again');
  });

  test('refuses when the oldest has waited for too long', async () => {
    const clock = createManualClock();
    const spool = await startSpool({ dataDir: spoolDataDir(), clock, maxAgeMs: 60_000 });
    await append(spool, 'old');
    await clock.advance(60_001);
    await expect(append(spool, 'new')).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfter: 60 });
    expect(spool.stats()).toMatchObject({ lastRefusal: { why: 'what is in the spool has waited for too long' } });
    await drainAll(spool);
    await append(spool, 'new');
  });
});

describe('a disk that fails', () => {
  test.each(['append', 'sync', 'syncFolder', 'create', 'state'] as const)(
    'in %s: nothing of that group is acknowledged, the segment is never written again, the next one is good',
    async (kind) => {
      const files = createFaultyFiles();
      const dataDir = spoolDataDir();
      const spool = await startSpool({ dataDir, files });
      if (kind === 'append' || kind === 'sync') await append(spool, 'good');
      const before = files.actions.filter((action) => action.kind === 'create').map(({ path }) => path);
      files.fault = (action) => (action.kind === kind ? diskError('EIO') : undefined);
      const results = await Promise.allSettled(['bad 1', 'bad 2'].map((name) => spool.append(exampleRecord(name))));
      for (const result of results) {
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE', retryAfter: 5 } });
      }
      files.fault = () => undefined;
      files.actions.length = 0;
      await append(spool, 'after');
      const written = files.actions.filter((action) => action.kind === 'append').map(({ path }) => path);
      expect(before).not.toContain(written[0]);
      expect(await drainAll(spool)).toEqual(before.length > 1 ? ['good', 'after'] : ['after']);
    },
  );

  test('that fills up in the middle of a write: the part of it is no record, and no damage', async () => {
    const files = createFaultyFiles();
    const dataDir = spoolDataDir();
    const spool = await startSpool({ dataDir, files, identity: deadProcess() });
    await append(spool, 'good');
    files.fault = ({ kind }) => (kind === 'append' ? 150 : kind === 'truncate' ? diskError('EIO') : undefined);
    await expect(append(spool, 'too much')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    files.fault = () => undefined;
    await append(spool, 'room again');
    expect(await drainAll(await startSpool({ dataDir }))).toEqual(['good', 'room again']);
  });

  test('that is full leaves no heap of empty files behind', async () => {
    const files = createFaultyFiles();
    const dataDir = spoolDataDir();
    const spool = await startSpool({ dataDir, files });
    files.fault = ({ kind }) => (kind === 'append' ? 0 : undefined);
    for (const name of numbered(1, 20))
      await expect(append(spool, name)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(filesIn(join(dataDir, 'spool')).filter((name) => /\.(open|seg)$/.test(name))).toEqual([]);
  });

  test('and gives a segment back only later: it is read then; never, and it is set aside whole', async () => {
    const files = createFaultyFiles();
    const dataDir = spoolDataDir();
    const spool = await startSpool({ dataDir, files, segmentBytes: 1 });
    await append(spool, 'first');
    await append(spool, 'second');
    files.fault = ({ kind }) => (kind === 'read' ? diskError('EIO') : undefined);
    await expect(spool.oldest()).rejects.toMatchObject({ code: 'EIO' });
    files.fault = () => undefined;
    expect(await oldestRecords(spool)).toHaveLength(1);
    const path = (await spool.oldest())?.segment.path;
    files.fault = (action) => (action.kind === 'read' && action.path === path ? diskError('EIO') : undefined);
    await expect(spool.oldest()).rejects.toThrow();
    await expect(spool.oldest()).rejects.toThrow();
    expect(await drainAll(spool)).toEqual(['second']);
    expect(spool.stats()).toMatchObject({ damaged: 1, segments: 0 });
    expect(filesIn(join(dataDir, 'spool', 'damaged'))).toHaveLength(2);
  });
});

describe('a segment file', () => {
  test('of a process that was killed is read up to the byte where it ends, wherever that is', async () => {
    const names = ['a', 'b', 'c'];
    const path = await leaveBehind(spoolDataDir(), names);
    const whole = readFileSync(path);
    const dataDir = spoolDataDir();
    const left = join(dataDir, 'spool', 'left-killed');
    for (let cut = 0; cut <= whole.length; cut += 11) {
      mkdirSync(left, { recursive: true });
      writeFileSync(join(left, basename(path)), whole.subarray(0, cut));
      const spool = await startSpool({ dataDir });
      const found = await drainAll(spool);
      expect(found).toEqual(names.slice(0, found.length));
      expect(found.length).toBe(scanSegment(whole.subarray(0, cut)).records.length);
      expect(spool.stats().damaged).toBe(0);
      await spool.stop();
    }
  });

  test('with flipped bytes says so while it waits: a repeat of what was in it is not taken for one', async () => {
    const dataDir = spoolDataDir();
    const spool = await startSpool({ dataDir });
    const record = exampleRecord('b', { idempotency: { key: 'k', bodyHash: 'h' } });
    const { id, occurredAt } = record.activity;
    const durable = spool.append(record);
    spool.keys.rememberSpooled(record.activity, { id, bodyHash: 'h', occurredAt, durable });
    await durable;
    const path = segmentOf(dataDir);
    const bytes = readFileSync(path);
    const at = bytes.indexOf('"description":"b"') + 15;
    bytes[at] = (bytes[at] ?? 0) ^ 0x20;
    writeFileSync(path, bytes);
    expect(spool.keys.findSpooled(record.activity)).toMatchObject({ id });
    expect(await oldestRecords(spool)).toEqual([]);
    expect(spool.keys.findSpooled(record.activity)).toBeUndefined();
  });

  test('with flipped bytes loses that record alone: it is set aside with a note, counted, and reported once', async () => {
    const dataDir = spoolDataDir();
    const path = await leaveBehind(dataDir, ['a', 'b', 'c'], true);
    const bytes = readFileSync(path);
    const at = bytes.indexOf('"description":"b"') + 15;
    bytes[at] = (bytes[at] ?? 0) ^ 0x20;
    writeFileSync(path, bytes);
    const errors: object[] = [];
    const log = { ...silentLog(), error: (fields: object) => void errors.push(fields) };
    const spool = await startSpool({ dataDir, log, identity: deadProcess() });
    await vi.waitUntil(() => spool.stats().records === 2);
    expect(spool.stats().damaged).toBe(1);
    expect(await oldestRecords(spool)).toHaveLength(2);
    expect(errors).toMatchObject([{ reason: 'not readable', segment: expect.stringMatching(/\.seg$/) }]);

    const again = await startSpool({ dataDir, log });
    expect(await drainAll(again)).toEqual(['a', 'c']);
    expect(again.stats().damaged).toBe(1);
    expect(errors).toHaveLength(1);
    const [piece = '', note = ''] = filesIn(join(dataDir, 'spool', 'damaged'));
    expect(readFileSync(join(dataDir, 'spool', 'damaged', piece), 'latin1')).toContain('"description":"B"');
    expect(JSON.parse(readFileSync(join(dataDir, 'spool', 'damaged', note), 'utf8'))).toMatchObject({
      segment: expect.stringMatching(/\.seg$/),
      from: expect.any(Number),
      reason: 'not readable',
    });
  });

  test('that was complete and is shorter now is reported, also when it ends between two records', async () => {
    for (const cutAt of ['inside', 'between'] as const) {
      const dataDir = spoolDataDir();
      const path = await leaveBehind(dataDir, ['a', 'b', 'c'], true);
      const bytes = readFileSync(path);
      const last = bytes.lastIndexOf(Buffer.from([0xf5, 0x48, 0x42, 0xf7]));
      truncateSync(path, cutAt === 'between' ? last : last + 20);
      const spool = await startSpool({ dataDir });
      expect(await drainAll(spool)).toEqual(['a', 'b']);
      expect(spool.stats().damaged).toBe(1);
    }
  });
});

function silentLog() {
  const quiet = () => undefined;
  const log = { fatal: quiet, error: quiet, warn: quiet, info: quiet, debug: quiet, trace: quiet, child: () => log };
  return log;
}
