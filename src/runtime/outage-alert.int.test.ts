import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { alertAdmin, createTestAlerts } from '#testing/alerts.ts';
import { testApp, testDataDir } from '#testing/app-suite.ts';
import { createManualClock } from '#testing/clock.ts';
import { createTestDatabase } from '#testing/database.ts';
import { createGate } from '#testing/gate.ts';
import { startReceiver } from '#testing/receiver.ts';

const ENCRYPTION_KEY = 'an-encryption-key-of-the-tests-0123456789';

const database = await createTestDatabase();
afterAll(() => database.drop());

/**
 * A channel, and the rule that tells of an outage, made before the application starts: its first round, which is at once,
 * knows them, and not only the next one. At zero seconds for the same reason; how long it waits is tried with a clock in
 * ops/alerts/outage.int.test.ts.
 */
async function tellOfOutages(slackUrl: string): Promise<void> {
  const { pool } = database;
  const admin = alertAdmin(randomUUID());
  const insert = "INSERT INTO workspace (id, name, slug) VALUES ($1, 'Watched', 'watched')";
  await pool.query(insert, [admin.workspaceId]);
  const { alerts, remove } = createTestAlerts({ pool, clock: createManualClock(), secret: ENCRYPTION_KEY });
  onTestFinished(remove);
  await alerts.channels.create(admin, { name: 'Slack', type: 'slack', url: slackUrl });
  // Asking for the rules makes those that every workspace has.
  await alerts.rules.list(admin.workspaceId);
  await pool.query(`UPDATE alert_rule SET params = '{"afterSeconds": 0}' WHERE kind = 'database-away'`);
}

const text = z.object({ text: z.string() });

test('a database that is away is told of, also by a server that was started meanwhile', {
  timeout: 120_000,
}, async () => {
  const gate = await createGate(database.url);
  const slack = await startReceiver();
  onTestFinished(async () => {
    await gate.close();
    await slack.close();
  });
  await tellOfOutages(slack.url);
  const dataDir = testDataDir();
  const env = { DATABASE_URL: gate.url, ALERTS_ALLOW_PRIVATE: 'on', ENCRYPTION_KEY };
  const titles = () => slack.received.map(({ body }) => text.parse(JSON.parse(body)).text.split('\n')[0]);
  const first = testApp({ dataDir, env });
  await first.url;
  const known = `${dataDir}/alert-rules.json`;
  const isKnown = () => existsSync(known) && readFileSync(known, 'utf8').includes('"afterSeconds": 0');
  await expect.poll(isKnown, { timeout: 30_000 }).toBe(true);
  await first.stop('SIGKILL');
  expect(titles()).toEqual([]);

  await gate.shut();
  const second = testApp({ dataDir, env });
  await second.url;
  await expect.poll(titles, { timeout: 60_000 }).toEqual(['⚠️ The database is away']);
});
