import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { logEvent, readDescriptions, serverOf, testApp, testDataDir } from '#testing/app-suite.ts';

const STARTS = 120_000;

describe('npm start', { timeout: STARTS }, () => {
  test('SIGTERM ends the application and its database server, with status 0', async () => {
    const dataDir = testDataDir();
    const app = testApp({ dataDir });
    await app.url;
    expect(serverOf(dataDir)?.isReady).toBe(true);

    expect(await app.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(serverOf(dataDir)).toBeUndefined();
  });

  test('Ctrl-C twice ends it as cleanly as once', async () => {
    const dataDir = testDataDir();
    const app = testApp({ dataDir });
    await app.url;
    app.interruptGroup();
    await app.said(/stopping/);
    app.interruptGroup();
    expect(await app.ended).toEqual({ code: 0, signal: null });
    expect(serverOf(dataDir)).toBeUndefined();
  });

  test.for([/Starting the embedded database/, /database server runs/, /Applied \d+ migrations?/])(
    'Ctrl-C during the start, once it said %s, leaves no database server behind',
    async (moment) => {
      const dataDir = testDataDir();
      const app = testApp({ dataDir });
      await app.said(moment);
      app.interruptGroup();
      expect(await app.ended).toEqual({ code: 0, signal: null });
      expect(serverOf(dataDir)).toBeUndefined();
    },
  );

  test('after a kill -9 the next start takes over the database server that still runs, and nothing is lost', async () => {
    const dataDir = testDataDir();
    const first = testApp({ dataDir });
    await logEvent(await first.url, 'before the kill');
    const server = serverOf(dataDir);
    await first.stop('SIGKILL');
    expect(serverOf(dataDir)?.pid).toBe(server?.pid);

    const second = testApp({ dataDir });
    const url = await second.url;
    expect(serverOf(dataDir)?.pid).toBe(server?.pid);
    expect(second.output()).toContain('"adopted":true');
    await logEvent(url, 'after the kill');
    expect(await readDescriptions(url)).toEqual(['after the kill', 'before the kill']);

    await second.stop('SIGTERM');
    expect(serverOf(dataDir)).toBeUndefined();
  });

  test('events that were acknowledged are there after a kill -9 in the middle of many', async () => {
    const dataDir = testDataDir();
    const first = testApp({ dataDir });
    const url = await first.url;
    const acknowledged: string[] = [];
    const post = async (name: string) => {
      await logEvent(url, name);
      acknowledged.push(name);
      if (acknowledged.length === 40) void first.stop('SIGKILL');
    };
    const posts = Array.from({ length: 160 }, (_, index) => post(`event ${index}`));
    await Promise.allSettled(posts);
    await first.ended;

    const second = testApp({ dataDir });
    const found = await readDescriptions(await second.url);
    expect(acknowledged.length).toBeGreaterThanOrEqual(40);
    expect(found).toEqual(expect.arrayContaining(acknowledged));
    expect(new Set(found).size).toBe(found.length);
  });

  test('a database server that is killed comes back by itself', async () => {
    const dataDir = testDataDir();
    const app = testApp({ dataDir });
    const url = await app.url;
    await logEvent(url, 'before');
    const server = serverOf(dataDir);
    process.kill(server?.pid ?? 0, 'SIGKILL');
    await app.said(/database server is back/);
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: 30_000 }).toBe(200);
    await logEvent(url, 'after');
    expect(await readDescriptions(url)).toEqual(['after', 'before']);
    expect(serverOf(dataDir)?.pid).not.toBe(server?.pid);
  });

  test('says where it is, how to sign in, a key that works and a curl line that works; answers when asked how it is', async () => {
    const secretsAreMade = { ADMIN_PASSWORD: '', INTERNAL_API_KEY: '' };
    const app = testApp({ dataDir: testDataDir(), env: secretsAreMade });
    const url = await app.url;
    const welcome = app.output();

    const health = await fetch(`${url}/healthz`);
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', problems: [] }]);

    const [, email] = /Sign in +(\S+)/.exec(welcome) ?? [];
    const [, password] = /Password +(\S+)/.exec(welcome) ?? [];
    const signIn = await fetch(`${url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ email, password }),
    });
    expect(signIn.status).toBe(200);

    const [curl = ''] = /curl -X POST(?:.*\\\n)*.*\n/.exec(welcome) ?? [];
    const { stdout } = spawnSync('bash', ['-c', curl.replace('curl', 'curl -sS')], { encoding: 'utf8' });
    expect(JSON.parse(stdout)).toMatchObject({ success: true, status: 'stored' });
  });

  test('a start on a port that is taken says so and ends, without leaving a database server', async () => {
    const taken = createServer();
    onTestFinished(() => void taken.close());
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => {
        const address = taken.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    const dataDir = testDataDir();
    const app = testApp({ dataDir, port });
    expect(await app.ended).toEqual({ code: 1, signal: null });
    expect(app.output()).toMatch(
      new RegExp(`port ${port} of 127.0.0.1 is in use, by another Historybook or another program`),
    );
    expect(app.output()).not.toMatch(/^ +at /m);
    expect(serverOf(dataDir)).toBeUndefined();
  });

  test('wrong values are all named, nothing is started, and the status is 78', async () => {
    const dataDir = testDataDir();
    const app = testApp({ dataDir, env: { PORT: 'eighty', DEMO_DATA: 'maybe', ADMIN_PASSWORD: 'short' } });
    expect(await app.ended).toEqual({ code: 78, signal: null });
    expect(app.output()).toMatch(/PORT: must be a whole number from 0 to 65535 \(given: "eighty"\)/);
    expect(app.output()).toMatch(/DEMO_DATA: must be on or off \(given: "maybe"\)/);
    expect(app.output()).toMatch(/ADMIN_PASSWORD: must be 8 to 128 characters long/);
    expect(app.output()).not.toContain('short');
    expect(serverOf(dataDir)).toBeUndefined();
  });
});
