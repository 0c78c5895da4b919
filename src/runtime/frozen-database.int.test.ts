import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { loadConfig } from '#platform/config.ts';
import { silentLogger } from '#platform/log.ts';
import { SERVICE_KEY } from '#testing/app-process.ts';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { createGate } from '#testing/gate.ts';
import { createApplication } from './application.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** What a page may keep somebody waiting who reads while the server is frozen: two looks of the watch, and some. */
const LONGEST_WAIT_MS = 8_000;

test('a read of a database that is frozen fails within seconds, and those after it at once', {
  timeout: 60_000,
}, async () => {
  const gate = await createGate(database.url);
  const dataDir = mkdtempSync(join(tmpdir(), 'historybook-frozen-'));
  const environment = { PORT: '0', DATABASE_URL: gate.url, DATA_DIR: dataDir, INTERNAL_API_KEY: SERVICE_KEY };
  const config = loadConfig(environment);
  const application = createApplication({ config, log: silentLogger, root: dataDir, withoutPages: true });
  await application.start();
  const timed = async (path: string) => {
    const startedAt = performance.now();
    const answer = await fetch(`${application.url}${path}`, { headers: { 'x-api-key': SERVICE_KEY } });
    await answer.body?.cancel();
    return { status: answer.status, ms: performance.now() - startedAt };
  };
  expect(await timed('/api/admin/activity-logs')).toMatchObject({ status: 200 });

  gate.freeze();
  const paths = ['/api/admin/activity-logs', '/api/admin/activity-logs?search=word', '/api/stream'];
  const waited = await Promise.all(paths.map(timed));
  expect(waited.map(({ status }) => status)).toEqual([503, 503, 503]);
  expect(Math.max(...waited.map(({ ms }) => ms))).toBeLessThan(LONGEST_WAIT_MS);
  const refused = await timed('/api/admin/activity-logs');
  expect(refused.status).toBe(503);
  expect(refused.ms).toBeLessThan(LONGEST_WAIT_MS / 2);

  await gate.open();
  await vi.waitUntil(async () => (await timed('/api/admin/activity-logs')).status === 200, { timeout: 20_000 });
  await application.stop();
  await gate.close();
  rmSync(dataDir, { recursive: true, force: true });
});
