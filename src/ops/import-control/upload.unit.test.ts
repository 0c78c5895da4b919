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
  await expect(createUploads(dataDir, () => 10).take('b', fits.stream, 11)).rejects.toMatchObject({
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
