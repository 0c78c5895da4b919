import { existsSync, readFileSync } from 'node:fs';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { ADMIN_EMAIL, ADMIN_PASSWORD } from '#testing/app-process.ts';
import { testApp, testDataDir } from '#testing/app-suite.ts';
import { createTestDatabase } from '#testing/database.ts';
import { createGate } from '#testing/gate.ts';
import { startReceiver } from '#testing/receiver.ts';

const database = await createTestDatabase();
afterAll(() => database.drop());

/** Adds a Slack channel as an administrator does. */
async function addSlack(url: string, address: string): Promise<void> {
  const json = { 'content-type': 'application/json', origin: url };
  const signedIn = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ email: ADMIN_EMAIL, password: ADMIN_PASSWORD }),
  });
  const cookie = signedIn.headers.getSetCookie().map((value) => value.split(';')[0]);
  const answer = await fetch(`${url}/api/trpc/alerts.createChannel`, {
    method: 'POST',
    headers: { ...json, cookie: cookie.join('; ') },
    body: JSON.stringify({ json: { name: 'Slack', type: 'slack', url: address } }),
  });
  expect(answer.status).toBe(200);
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
  const dataDir = testDataDir();
  const env = { DATABASE_URL: gate.url, ALERTS_ALLOW_PRIVATE: 'on' };
  const titles = () => slack.received.map(({ body }) => text.parse(JSON.parse(body)).text.split('\n')[0]);
  const first = testApp({ dataDir, env });
  await addSlack(await first.url, slack.url);
  const rules = "SELECT count(*)::int AS count FROM alert_rule WHERE kind = 'database-away'";
  await expect
    .poll(async () => (await database.pool.query(rules)).rows[0]?.count, { timeout: 30_000 })
    .toBeGreaterThan(0);
  await database.pool.query(`UPDATE alert_rule SET params = '{"afterSeconds": 5}' WHERE kind = 'database-away'`);
  const known = `${dataDir}/alert-rules.json`;
  const isKnown = () => existsSync(known) && readFileSync(known, 'utf8').includes('"afterSeconds": 5');
  await expect.poll(isKnown, { timeout: 30_000 }).toBe(true);
  await first.stop('SIGKILL');

  await gate.shut();
  const second = testApp({ dataDir, env });
  await second.url;
  await expect.poll(titles, { timeout: 60_000 }).toEqual(['⚠️ The database is away']);
});
