import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { query, setUpEmbeddedBench } from '#testing/embedded.ts';
import { chooseAccount } from './account.ts';
import { findHome, type Home } from './home.ts';
import { startEmbeddedPostgres } from './postgres.ts';

const bench = setUpEmbeddedBench('of-the-crash-tests');

function home(): Home {
  const found = findHome(bench().options.dataDir);
  if (found === undefined) throw new Error('no home');
  return found;
}

describe('after a kill -9', () => {
  test('of the program the server lives on, and the next start takes it over', async () => {
    const app = await bench().startApp();
    await query(app.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const { pid } = bench().liveServer();
    await app.stop('SIGKILL');
    expect(bench().liveServer().pid).toBe(pid);
    const next = await bench().start();
    expect(next.adopted).toBe(true);
    expect(next.url).toBe(app.url);
    expect(await query(next.url, 'SELECT answer FROM kept')).toEqual([42]);
    await next.stop();
    expect(bench().server()).toBeUndefined();
  });

  test('of program and server, a pid file that names a live process is no hindrance', async () => {
    const app = await bench().startApp();
    await query(app.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const { pid } = bench().liveServer();
    await app.stop('SIGKILL');
    process.kill(pid, 'SIGKILL');
    const pidFile = join(home().cluster, 'postmaster.pid');
    // The number now belongs to another program of the same user, as happens when a container starts again.
    const bystander = spawn('sleep', ['60'], { ...chooseAccount(home().cluster) });
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(String(pid), String(bystander.pid)));
    const next = await bench().start();
    expect(next.adopted).toBe(false);
    expect(await query(next.url, 'SELECT answer FROM kept')).toEqual([42]);
    expect(bystander.exitCode).toBeNull();
    bystander.kill();
  });

  test('of a first start, what was half made is no hindrance', async () => {
    await (await bench().start()).stop();
    const { folder, cluster } = home();
    rmSync(cluster, { recursive: true });
    writeFileSync(join(folder, 'making-999999999'), '');
    const { url } = await bench().start();
    expect(await query(url, 'SELECT 1')).toEqual([1]);
    expect(readdirSync(folder).filter((name) => name.startsWith('making-'))).toEqual([]);
  });
});

describe('several programs on one data folder', () => {
  test('that start together for the first time share one server, and the last one stops it', async () => {
    const apps = await Promise.all([bench().startApp(), bench().startApp(), bench().startApp()]);
    expect(new Set(apps.map(({ url }) => url)).size).toBe(1);
    expect(apps.filter(({ adopted }) => !adopted)).toHaveLength(1);
    const [first, second, third] = apps;
    expect(await first?.stop()).toBe(0);
    expect(await second?.stop('SIGKILL')).toBeNull();
    expect(await query(third?.url ?? '', 'SELECT 1')).toEqual([1]);
    expect(await third?.stop()).toBe(0);
    expect(bench().server()).toBeUndefined();
  });

  test('that come and go at random never lose the server under each other', async () => {
    const visit = async () => {
      const postgres = await startEmbeddedPostgres(bench().options);
      expect(await query(postgres.url, 'SELECT 1')).toEqual([1]);
      await postgres.stop();
    };
    await visit();
    for (let round = 0; round < 5; round += 1) {
      const offset = round * 25;
      const later = new Promise((resolve) => setTimeout(resolve, offset)).then(visit);
      await Promise.all([visit(), later]);
    }
    expect(bench().server()).toBeUndefined();
  });
});

test('Ctrl-C reaches the program but not the server: it answers until the program has stopped', async () => {
  const app = await bench().startApp();
  const exited = once(app.process, 'exit');
  process.kill(-(app.process.pid ?? 0), 'SIGINT');
  expect((await exited)[0]).toBe(0);
  expect(bench().server()).toBeUndefined();
});
