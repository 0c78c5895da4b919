import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chooseAccount } from '#platform/embedded/account.ts';
import { findFreePort } from '#testing/app-process.ts';
import { logEvent, readDescriptions, serverOf, testApp, testDataDir } from '#testing/app-suite.ts';

const PROGRAMS = '/usr/lib/postgresql/15/bin';

describe.skipIf(!existsSync(PROGRAMS))('a PostgreSQL 15 given by DATABASE_URL', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'historybook-pg15-'));
  const data = join(folder, 'data');
  const account = chooseAccount(undefined);
  let adminUrl = '';

  const run = (program: string, args: readonly string[]) => {
    const { status, stderr } = spawnSync(join(PROGRAMS, program), args, {
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      ...account,
    });
    if (status !== 0) throw new Error(`${program}: ${stderr}`);
  };

  beforeAll(async () => {
    const port = await findFreePort();
    mkdirSync(data);
    if (account) for (const path of [folder, data]) chownSync(path, account.uid, account.gid);
    run('initdb', ['-D', data, '-U', 'owner', '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C.UTF-8']);
    const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`;
    run('pg_ctl', ['-D', data, '-w', '-l', join(folder, 'log'), '-o', settings, 'start']);
    adminUrl = `postgres://owner@127.0.0.1:${port}/postgres`;
    await query(adminUrl, 'CREATE DATABASE book');
  });
  afterAll(() => {
    run('pg_ctl', ['-D', data, '-m', 'immediate', 'stop']);
    rmSync(folder, { recursive: true, force: true });
  });

  test('is migrated and used, gets no demo data, and nothing embedded is started', async () => {
    const dataDir = testDataDir();
    const url = adminUrl.replace('/postgres', '/book').replace('postgres:', 'postgresql:');
    const app = testApp({ dataDir, env: { DATABASE_URL: url, DEMO_DATA: '' } });
    const address = await app.url;
    await logEvent(address, 'on PostgreSQL 15');
    expect(await readDescriptions(address)).toEqual(['on PostgreSQL 15']);
    expect(await query(url, "SELECT current_setting('server_version') AS version")).toEqual([
      { version: expect.stringMatching(/^15\./) },
    ]);
    expect(await query(url, 'SELECT name, is_demo FROM workspace')).toEqual([{ name: 'Main', is_demo: false }]);
    expect(await query(url, 'SELECT count(*)::int AS leads FROM leads')).toEqual([{ leads: 0 }]);
    expect(serverOf(dataDir)).toBeUndefined();

    expect(await app.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await query(url, 'SELECT count(*)::int AS activities FROM activity')).toEqual([{ activities: 1 }]);
  });

  test('refuses to fill it with demo data when somebody asks for them', async () => {
    const app = testApp({ dataDir: testDataDir(), env: { DATABASE_URL: adminUrl, DEMO_DATA: 'on' } });
    expect(await app.ended).toEqual({ code: 78, signal: null });
    expect(app.output()).toContain('DEMO_DATA');
  });
});

async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
