import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { createManualClock } from '#testing/clock.ts';
import { append, deadProcess, drainAll, filesIn, leaveBehind, spoolDataDir, startSpool } from '#testing/spool.ts';

// They write to a real disk and wait for it, beside whatever else the machine does.
vi.setConfig({ testTimeout: 60_000 });

describe('the folder of a process', () => {
  test('that is gone is adopted by one of those that start, with everything in it', async () => {
    const dataDir = spoolDataDir();
    for (const name of ['1', '2', '3']) await append(await startSpool({ dataDir, identity: deadProcess() }), name);
    const spools = await Promise.all([1, 2, 3, 4].map(() => startSpool({ dataDir })));
    const found = await Promise.all(spools.map(drainAll));
    expect(found.flat().toSorted()).toEqual(['1', '2', '3']);
  });

  test('that lives is left alone', async () => {
    const dataDir = spoolDataDir();
    const owner = await startSpool({ dataDir });
    await append(owner, 'mine');
    const other = await startSpool({ dataDir });
    expect(await drainAll(other)).toEqual([]);
    expect(await drainAll(owner)).toEqual(['mine']);
  });

  test('that stopped in good order is free at once; an empty one is gone', async () => {
    const dataDir = spoolDataDir();
    const owner = await startSpool({ dataDir });
    await append(owner, 'left');
    await owner.stop();
    const next = await startSpool({ dataDir });
    expect(await drainAll(next)).toEqual(['left']);
    await next.stop();
    expect(filesIn(join(dataDir, 'spool'))).toEqual([]);
  });

  test('of another machine is adopted when it has not said for a minute that it lives', async () => {
    const dataDir = spoolDataDir();
    const clock = createManualClock(new Date());
    const elsewhere = { ...deadProcess(), host: 'another-machine' };
    await append(await startSpool({ dataDir, clock, identity: elsewhere }), 'far away');
    const spool = await startSpool({ dataDir });
    expect(await drainAll(spool)).toEqual([]);
    const later = { ...systemClock, now: () => new Date(Date.now() + 61_000) };
    expect(await drainAll(await startSpool({ dataDir, clock: later }))).toEqual(['far away']);
  });

  test('that is taken for dead and lives: nothing is acknowledged into the folder that was taken', async () => {
    const dataDir = spoolDataDir();
    const frozen = await startSpool({ dataDir, identity: deadProcess() });
    await append(frozen, 'before');
    const adopter = await startSpool({ dataDir });
    await append(frozen, 'after');
    expect(await drainAll(adopter)).toEqual(['before']);
    expect(await drainAll(frozen)).toEqual(['after']);
  });

  test('that somebody removes by hand is made anew', async () => {
    const dataDir = spoolDataDir();
    const spool = await startSpool({ dataDir });
    await append(spool, 'gone');
    rmSync(join(dataDir, 'spool'), { recursive: true });
    await append(spool, 'kept');
    expect(await drainAll(spool)).toEqual(['kept']);
  });

  test('half made or half adopted when its process was killed holds nobody up', async () => {
    const dataDir = spoolDataDir();
    const path = await leaveBehind(dataDir, ['a']);
    const folder = join(path, '..');
    renameSync(folder, join(dataDir, 'spool', '.half'));
    const spool = await startSpool({ dataDir });
    expect(await drainAll(spool)).toEqual(['a']);
  });
});
