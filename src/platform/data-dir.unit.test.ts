import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ensureDataDir } from './data-dir.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'historybook-data-dir-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('is made with the folders above it, closed to others; one that is there stays as it is', () => {
  const path = join(folder(), 'some', 'where', 'data');
  ensureDataDir(path);
  expect(statSync(path).mode & 0o066).toBe(0);
  chmodSync(path, 0o755);
  ensureDataDir(path);
  expect(statSync(path).mode & 0o777).toBe(0o755);
});

test('is refused by its name where it is a file, or below one', () => {
  const path = join(folder(), 'file');
  writeFileSync(path, '');
  chmodSync(path, 0o755);
  expect(() => ensureDataDir(path)).toThrow(/DATA_DIR: must be a folder to write to: .*EEXIST/);
  expect(() => ensureDataDir(join(path, 'below'))).toThrow(
    /DATA_DIR: must be a folder to write to: .*(EEXIST|ENOTDIR)/,
  );
});

test.skipIf(!existsSync('/proc/self'))('is refused at once where no folder can be made, as in /proc', () => {
  for (const path of ['/proc/nope', '/proc/nope/data']) {
    expect(() => ensureDataDir(path)).toThrow('DATA_DIR: must be a folder to write to: no folder can be made in /proc');
  }
});
