import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { query, setUpEmbeddedBench } from '#testing/embedded.ts';
import { silentLogger } from '../log.ts';
import { canRun, chooseAccount } from './account.ts';
import { findBinaries } from './binaries.ts';
import { runnableNative } from './cluster.ts';
import { findHome, openOutside } from './home.ts';
import { findEmbeddedUrl } from './postgres.ts';

const bench = setUpEmbeddedBench('of-the-home-tests');

describe('a home outside of the data folder', () => {
  const open = (dataDir: string) => openOutside(dataDir, join(bench().folder, 'state'), silentLogger);
  /** An installation at a path, with a database in its home. */
  async function install(name: string): Promise<{ dataDir: string; home: string }> {
    const dataDir = join(bench().folder, name, '.data');
    mkdirSync(dataDir, { recursive: true });
    const { folder, cluster } = await open(dataDir);
    mkdirSync(cluster);
    writeFileSync(join(cluster, 'whose'), name);
    return { dataDir, home: folder };
  }

  test('is found again, and another installation has another', async () => {
    const one = await install('one');
    const two = await install('two');
    expect(two.home).not.toBe(one.home);
    expect((await open(one.dataDir)).folder).toBe(one.home);
    expect(findHome(one.dataDir)?.folder).toBe(one.home);
  });

  test('goes along when the installation is moved', async () => {
    const { dataDir, home } = await install('here');
    renameSync(join(dataDir, '..'), join(bench().folder, 'there'));
    const moved = join(bench().folder, 'there', '.data');
    expect((await open(moved)).folder).toBe(home);
    expect((await open(moved)).folder).toBe(home);
  });

  test('is not shared with a copy of the installation', async () => {
    const { dataDir, home } = await install('original');
    cpSync(join(dataDir, '..'), join(bench().folder, 'copy'), { recursive: true });
    const copy = await open(join(bench().folder, 'copy', '.data'));
    expect(copy.folder).not.toBe(home);
    expect(existsSync(copy.cluster)).toBe(false);
    expect((await open(dataDir)).folder).toBe(home);
  });

  test('begins empty where an installation was deleted, whose data are set aside', async () => {
    const { dataDir, home } = await install('again');
    rmSync(dataDir, { recursive: true });
    mkdirSync(dataDir);
    const fresh = await open(dataDir);
    expect(fresh.folder).toBe(home);
    expect(existsSync(fresh.cluster)).toBe(false);
    const [aside] = readdirSync(join(bench().folder, 'state')).filter((name) => name.includes('.left-'));
    expect(readFileSync(join(bench().folder, 'state', aside ?? '', 'data', 'whose'), 'utf8')).toBe('again');
  });
});

describe.runIf(process.getuid?.() === 0)('as root', () => {
  test('the server runs as somebody else, whose data nobody can read', async () => {
    await bench().start();
    const { pid } = bench().liveServer();
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).not.toMatch(/^Uid:\s+0\b/m);
    expect(findHome(bench().options.dataDir)?.folder).toBe(join(bench().options.dataDir, 'postgres'));
  });

  test('below a closed folder the data go outside, and stay there over restarts', async () => {
    const { dataDir, stateDir } = bench().options;
    mkdirSync(dataDir, { mode: 0o700 });
    const first = await bench().start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    expect(dirname(findHome(dataDir)?.folder ?? '')).toBe(stateDir);
    expect(readdirSync(dataDir)).toEqual(['postgres-home.json']);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    await first.stop();
    const second = await bench().start();
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([42]);
    expect(findEmbeddedUrl(dataDir, bench().options.password)).toBe(second.url);
  });

  test('programs in a closed folder are copied once to where they can be run', async () => {
    const account = chooseAccount(undefined);
    const stateDir = join(bench().folder, 'state');
    const closed = join(bench().folder, 'checkout');
    mkdirSync(closed, { mode: 0o700 });
    const { native, version } = findBinaries();
    cpSync(native, join(closed, 'native'), { recursive: true, verbatimSymlinks: true });
    const copy = runnableNative({ native: join(closed, 'native'), version }, account, stateDir);
    expect(dirname(copy)).toBe(stateDir);
    expect(canRun(account, copy)).toBe(true);
    const { ino } = statSync(copy);
    expect(runnableNative({ native: join(closed, 'native'), version }, account, stateDir)).toBe(copy);
    expect(statSync(copy).ino).toBe(ino);
    expect(runnableNative({ native, version }, undefined, stateDir)).toBe(native);
  });

  test('another user can run all of it', async () => {
    const account = chooseAccount(undefined);
    if (account === undefined) throw new Error('no account');
    chownSync(bench().folder, account.uid, account.gid);
    const app = await bench().startApp(account);
    expect(await query(app.url, 'SELECT 1')).toEqual([1]);
    expect(await app.stop()).toBe(0);
    // And root, coming later, leaves the data to their owner.
    const { url } = await bench().start();
    expect(await query(url, 'SELECT 1')).toEqual([1]);
  });
});
