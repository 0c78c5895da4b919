import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { loadConfig } from '#platform/config.ts';
import { silentLogger } from '#platform/log.ts';
import { type Application, createApplication } from '#runtime/application.ts';
import { createWaitedClock } from '#testing/clock.ts';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { DEMO_WORKSPACE_IDS } from './cast.ts';
import { createPlayer } from './player.ts';
import { createRestClient } from './rest-client.ts';

const KEY = 'hb_test_0123456789abcdef';
const [WORKSPACE] = DEMO_WORKSPACE_IDS;

let database: TestDatabase;
let dataDir: string;
let application: Application;

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = mkdtempSync(join(tmpdir(), 'historybook-demo-'));
  const env = { PORT: '0', DATA_DIR: dataDir, DATABASE_URL: database.url, INTERNAL_API_KEY: KEY };
  application = createApplication({ config: loadConfig(env), log: silentLogger, root: '.', withoutPages: true });
  await application.start();
  await application.container.services.demo.ensure();
}, 120_000);
afterAll(async () => {
  await application.stop();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function countActivities(): Promise<number> {
  const { rows } = await database.pool.query('SELECT count(*) AS all FROM activity WHERE workspace_id = $1', [
    WORKSPACE,
  ]);
  return rows[0]?.all;
}

it('plays through the REST interface until its time is up', async () => {
  const before = await countActivities();
  const client = () => createRestClient({ url: application.url, serviceKey: KEY, workspaceId: WORKSPACE });
  const durationMs = 2_000;
  const player = createPlayer({ client, clock: createWaitedClock(new Date(Date.now() - durationMs)) });
  expect(player.play({ ratePerSecond: 50, durationMs })).toMatchObject({ isPlaying: true, sent: 0 });
  await player.finished();
  const { isPlaying, sent, failed, lastError } = player.status();
  expect({ isPlaying, failed, lastError }).toEqual({ isPlaying: false, failed: 0, lastError: null });
  expect(sent).toBeGreaterThan(80);
  expect(sent).toBeLessThan(120);
  expect(await countActivities()).toBeGreaterThan(before);
});

it('plays from inside the server, in a demo workspace only, and stops when told', async () => {
  const { demo } = application.container.services;
  const other = '019a0000-0000-7000-8000-00000000ffff';
  await expect(demo.play({ workspaceId: other, minutes: 1 })).rejects.toMatchObject({ code: 'CONFLICT' });
  const before = await countActivities();
  expect(await demo.play({ workspaceId: WORKSPACE, minutes: 1, ratePerSecond: 100 })).toMatchObject({
    isPlaying: true,
  });
  await expect.poll(countActivities, { timeout: 20_000 }).toBeGreaterThan(before + 5);
  expect(await demo.stopPlaying()).toMatchObject({ isPlaying: false, failed: 0 });
});

it('gives up at once with a key that is no key', async () => {
  const client = () => createRestClient({ url: application.url, serviceKey: 'hb_wrong', workspaceId: WORKSPACE });
  const player = createPlayer({ client, clock: systemClock });
  player.play({ ratePerSecond: 10 });
  await player.finished();
  expect(player.status()).toMatchObject({ isPlaying: false, sent: 0, lastError: expect.any(String) });
});

it('names a demo workspace for examples', async () => {
  const example = await application.container.services.demo.workspaceForExamples();
  expect(example).toMatchObject({
    id: WORKSPACE,
    name: 'Brightpath Coaching (demo)',
    leadAirtableId: expect.stringMatching(/^rec\w{14}$/),
  });
});

it('as a command finds the server of its DATA_DIR, on whatever port that runs', async () => {
  const { PATH } = process.env;
  const run = (args: readonly string[], env: Readonly<Record<string, string>>) =>
    promisify(execFile)(
      process.execPath,
      ['src/cli/demo.ts', '--key', KEY, '--rate', '40', '--duration', '1', ...args],
      {
        env: { ...env, PATH, NODE_ENV: 'test' },
      },
    );
  const { stdout } = await run([], { DATA_DIR: dataDir });
  expect(stdout).toContain(`events per second at ${application.url}.`);
  expect(stdout).toMatch(/, 0 failed\.\n$/);

  const elsewhere = mkdtempSync(join(tmpdir(), 'historybook-demo-none-'));
  const nobody = run(['--url', 'http://127.0.0.1:1'], { DATA_DIR: elsewhere });
  await expect(nobody).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^No server answers at http:\/\/127\.0\.0\.1:1 .*Start it with npm start/),
  });
  rmSync(elsewhere, { recursive: true, force: true });
});

it('is a command', async () => {
  const args = ['src/cli/demo.ts', '--url', application.url, '--key', KEY, '--rate', '40', '--duration', '1'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout).toMatch(
    /^Playing about 40 events per second at http:.*\nThey go to a demo workspace.*\nWatch http:.*\n(\d\d:\d\d:\d\d {2}.+\n)+\d+ sent, 0 failed\.\n$/,
  );
  const wrong = promisify(execFile)(process.execPath, ['src/cli/demo.ts', '--rate', 'fast']);
  await expect(wrong).rejects.toMatchObject({ code: 1, stderr: '--rate: must be a number\n' });
  const help = await promisify(execFile)(process.execPath, ['src/cli/demo.ts', '--help']);
  expect(help.stdout).toContain('--workspace ID');
});
