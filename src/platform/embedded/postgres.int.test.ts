import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { query, queryWhenBack, setUpEmbeddedBench } from '#testing/embedded.ts';
import { createLogger } from '../log.ts';
import { keepPort } from './kept-port.ts';
import { createEmbeddedPostgres, findEmbeddedUrl, startEmbeddedPostgres } from './postgres.ts';

const password = 'a password: with / odd @ characters';
const bench = setUpEmbeddedBench(password);

describe('one program', () => {
  test('makes the database on its first start, keeps it over a stop, and stops it with itself', async () => {
    const first = await bench().start();
    expect(first.adopted).toBe(false);
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    expect(bench().server()).toBeUndefined();
    const second = await bench().start();
    expect(second.adopted).toBe(false);
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([42]);
  });

  test('is configured as promised', async () => {
    const { url } = await bench().start();
    const names = ['listen_addresses', 'jit', 'wal_compression', 'synchronous_commit', 'random_page_cost', 'fsync'];
    const sql = `SELECT current_setting(name) FROM unnest('{${names}}'::text[]) AS name`;
    expect(await query(url, sql)).toEqual(['127.0.0.1', 'off', 'pglz', 'on', '1.1', 'on']);
    expect(await query(url, 'SHOW server_encoding')).toEqual(['UTF8']);
    expect(await query(url, "SELECT lower('ÄÖÉ')")).toEqual(['äöé']);
    await query(url, 'CREATE EXTENSION pg_trgm');
    expect(await query(url, "SELECT show_trgm('Zoë')::text")).toEqual([expect.stringContaining('zo')]);
    expect(await query(url, "SELECT similarity('Zoë', 'Zoé') < 1")).toEqual([true]);
  });

  test('lets in nobody without the password', async () => {
    const { url } = await bench().start();
    const stranger = new URL(url);
    stranger.password = 'guess';
    await expect(query(stranger.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect(findEmbeddedUrl(bench().options.dataDir, password)).toBe(url);
  });

  test('says so when the kept password is another', async () => {
    await (await bench().start()).stop();
    await expect(bench().start({ password: 'another' })).rejects.toThrow(/another password than secrets\.json/);
    // The server that was launched to find that out does not stay behind.
    expect(bench().server()).toBeUndefined();
  });

  test('takes another port when the wanted one is taken', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const address = blocker.address();
    const taken = typeof address === 'object' && address ? address.port : 0;
    const { url } = await bench().start({ port: taken });
    expect(Number(new URL(url).port)).not.toBe(taken);
    expect(await query(url, 'SELECT 1')).toEqual([1]);
    blocker.close();
  });

  test('listens where it did last; elsewhere, and from then on, when that port is taken', async () => {
    const { port: _, ...options } = bench().options;
    const logged: string[] = [];
    const log = createLogger({ level: 'warn', destination: { write: (line: string) => void logged.push(line) } });
    const start = async () => {
      const postgres = await startEmbeddedPostgres({ ...options, log });
      const port = Number(new URL(postgres.url).port);
      return { port, stop: () => postgres.stop() };
    };
    const first = await bench().start();
    keepPort(options.dataDir, Number(new URL(first.url).port));
    await first.stop();

    const second = await start();
    expect(second.port).toBe(Number(new URL(first.url).port));
    expect(logged).toEqual([]);
    await second.stop();

    const blocker = createServer().listen(second.port, '127.0.0.1');
    await once(blocker, 'listening');
    const third = await start();
    expect(third.port).not.toBe(second.port);
    expect(logged.join()).toContain('its port is taken');
    await third.stop();
    blocker.close();

    const fourth = await start();
    expect(fourth.port).toBe(third.port);
    await fourth.stop();
  });

  test('stopped while it starts leaves no server', async () => {
    const postgres = createEmbeddedPostgres(bench().options);
    const outcome = expect(postgres.start()).rejects.toThrow();
    await postgres.stop();
    await outcome;
    expect(bench().server()).toBeUndefined();
  });

  test('stopped as soon as the server runs, but before it is used, leaves no server', async () => {
    const postgres = createEmbeddedPostgres(bench().options);
    const outcome = expect(postgres.start()).rejects.toThrow();
    while (bench().server() === undefined) await new Promise((resolve) => setImmediate(resolve));
    await postgres.stop();
    await outcome;
    expect(bench().server()).toBeUndefined();
  });

  test('brings a server back that was killed, on the same address, with all that was committed', async () => {
    const { url } = await bench().start();
    await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const before = bench().liveServer();
    process.kill(before.pid, 'SIGKILL');
    expect(await queryWhenBack(url, 'SELECT answer FROM kept')).toEqual([42]);
    expect(bench().liveServer().port).toBe(before.port);
    expect(bench().liveServer().pid).not.toBe(before.pid);
  });
});
