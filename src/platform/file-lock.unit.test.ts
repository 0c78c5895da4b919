import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { releaseFileLock, takeFileLock } from './file-lock.ts';
import { ownIdentity } from './process-identity.ts';

vi.mock('node:fs/promises', { spy: true });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'historybook-lock-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A process that had this number once and is gone. */
const DEAD = JSON.stringify({ ...ownIdentity(), started: 'long ago' });

async function takenAtLast(path: string): Promise<void> {
  while (!(await takeFileLock(path))) await setImmediate();
}

describe('a lock file', () => {
  test('is taken by one, and by the next when it was released', async () => {
    const path = join(folder, 'one');
    expect(await takeFileLock(path)).toBe(true);
    expect(await takeFileLock(path)).toBe(false);
    await releaseFileLock(path);
    expect(await takeFileLock(path)).toBe(true);
  });

  test.each(['', '{"host":', 'null'])('that holds %j, as after a power cut, is in nobody’s way', async (left) => {
    const path = join(folder, 'cut');
    await writeFile(path, left);
    await takenAtLast(path);
    await releaseFileLock(path);
  });

  test('of a dead process goes to one of those who want it', async () => {
    const path = join(folder, 'dead');
    await writeFile(path, DEAD);
    let holders = 0;
    const take = async () => {
      await takenAtLast(path);
      holders += 1;
      expect(holders).toBe(1);
      await setImmediate();
      holders -= 1;
      await releaseFileLock(path);
    };
    await Promise.all(Array.from({ length: 6 }, take));
  });

  test('that another process took meanwhile stays where it is', async () => {
    const path = join(folder, 'meanwhile');
    await writeFile(path, DEAD);
    // Between the look at the dead owner and what follows from it, somebody else takes the lock.
    const living = JSON.stringify(ownIdentity());
    vi.mocked(readFile).mockImplementationOnce(async () => {
      await writeFile(path, living);
      return DEAD;
    });
    expect(await takeFileLock(path)).toBe(false);
    expect(await takeFileLock(path)).toBe(false);
    await releaseFileLock(path);
  });

  test('leaves nothing else behind', async () => {
    await releaseFileLock(join(folder, 'one'));
    expect(await readdir(folder)).toEqual([]);
  });
});
