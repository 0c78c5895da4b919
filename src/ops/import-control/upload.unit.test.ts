import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { MAX_UPLOAD } from '#domain/import-run.ts';
import { createUploads } from './upload.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'historybook-upload-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
});
const kept = () => readdirSync(join(dataDir, 'imports'));

/** A body, and whether anything of it was read. */
function body(parts: () => Iterable<string | Error>) {
  const seen = { read: false };
  const stream = Readable.from(
    (function* () {
      seen.read = true;
      for (const part of parts()) {
        if (part instanceof Error) throw part;
        yield Buffer.from(part);
      }
    })(),
  );
  return { stream, seen };
}

test('a file is kept as it came', async () => {
  const path = await createUploads(dataDir).take('a', body(() => ['one,', 'two']).stream, 7);
  expect(readFileSync(path, 'utf8')).toBe('one,two');
});

test('what is too large, or has no room, is refused before any of it is read', async () => {
  const large = body(() => ['x']);
  await expect(createUploads(dataDir).take('a', large.stream, MAX_UPLOAD + 1)).rejects.toMatchObject({
    code: 'TOO_LARGE',
    message: expect.stringContaining('8 GB at most'),
  });
  const fits = body(() => ['x']);
  await expect(createUploads(dataDir, () => 12).take('b', fits.stream, 11)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringContaining('has no room for this file'),
  });
  expect([large.seen.read, fits.seen.read, kept()]).toEqual([false, false, []]);
});

test.each([
  [Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }), 'UNAVAILABLE'],
  [new Error('aborted'), 'INVALID_INPUT'],
])('one that breaks off (%s) leaves nothing behind', async (error, code) => {
  const { stream } = body(() => ['half', error]);
  await expect(createUploads(dataDir).take('a', stream)).rejects.toMatchObject({ code });
  expect(kept()).toEqual([]);
});

const MB = 2 ** 20;
/** So many megabytes, one at a time; `then` is done before each. */
function* megabytes(count: number, then: (sent: number) => void = () => undefined) {
  for (let sent = 0; sent < count; sent++) {
    then(sent);
    yield 'x'.repeat(MB);
  }
}

test('one whose size was not said is refused when the disk has no more room for it, long before its end', async () => {
  let free = 100 * MB;
  let sent = 0;
  const long = body(() =>
    megabytes(1_000, (before) => {
      sent = before;
      free = Math.max(0, 100 - before) * MB;
    }),
  );
  await expect(createUploads(dataDir, () => free).take('a', long.stream)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringContaining('has no room for this file'),
  });
  // A tenth of the 100 MB stays free; between two looks, and on the way to the disk, are a few.
  expect(sent).toBeGreaterThanOrEqual(90);
  expect(sent).toBeLessThan(130);
  expect(kept()).toEqual([]);
});

test('room that is promised to one file is not given to another', async () => {
  const uploads = createUploads(dataDir, () => 20 * MB);
  const begun = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const slow = Readable.from(
    (async function* () {
      yield Buffer.alloc(MB);
      begun.resolve();
      await goOn.promise;
      yield Buffer.alloc(9 * MB);
    })(),
  );
  const first = uploads.take('a', slow, 10 * MB);
  await begun.promise;
  const second = body(() => ['x']);
  await expect(uploads.take('b', second.stream, 11 * MB)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(second.seen.read).toBe(false);
  goOn.resolve();
  await first;
  // The first has arrived: what is free now is free.
  await uploads.take('c', body(() => ['x']).stream, 11 * MB);
  expect(kept()).toEqual(['a', 'c']);
});
