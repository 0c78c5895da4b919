import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { ALERT_MINUTE, type AlertStage, createAlertStage } from '#testing/alerts.ts';
import { createTestDatabase } from '#testing/database.ts';
import { type Receiver, startReceiver } from '#testing/receiver.ts';

const database = await createTestDatabase();
const { pool } = database;
afterAll(() => database.drop());

let stage: AlertStage;
beforeEach(async () => {
  stage = await createAlertStage(pool);
});
afterEach(() => stage.end());

describe('a message', () => {
  /** An alert that waits for its channel, which answers as told. */
  async function begin(answer: Parameters<Receiver['answer']>[0] | 'refused') {
    if (answer === 'silence') {
      await stage.end();
      stage = await createAlertStage(pool, { timeoutMs: 300 });
    }
    const channel = await stage.addSlack();
    if (answer === 'refused') await stage.slack.close();
    else stage.slack.answer(answer);
    await stage.failures();
    await stage.refuseThree();
    await stage.round();
    const [alert] = await stage.open();
    const [delivery] = await stage.alerts.deliveries(stage.workspaceId, alert?.id ?? '');
    const [view] = await stage.alerts.channels.list(stage.workspaceId);
    const waitMs = Date.parse(delivery?.nextTryAt ?? '') - stage.clock.now().getTime();
    return { channel, alert, delivery, view, waitMs };
  }

  test.each([
    ['500', { status: 500, body: 'internal_error' }, 500, '500 internal_error'],
    ['404', { status: 404, body: 'no_service' }, 404, '404 no_service'],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1/' } }, 302, '302'],
    ['no answer', 'silence', null, 'no answer within 0.3 s'],
    ['a closed port', 'refused', null, 'nobody listens there (connection refused)'],
  ] as const)('that is answered by %s is tried again, later and later', async (_, answer, status, error) => {
    const { delivery, view, waitMs } = await begin(answer);
    expect(delivery).toMatchObject({ state: 'waiting', attempts: 1, lastStatus: status, lastError: error });
    expect(view).toMatchObject({
      failures: 1,
      lastError: error,
      waiting: 1,
      failingSince: stage.clock.now().toISOString(),
    });
    expect(waitMs).toBeGreaterThanOrEqual(5_000);
    expect(waitMs).toBeLessThanOrEqual(10_000);
    await stage.alerts.deliver();
    expect((await stage.alerts.channels.list(stage.workspaceId))[0]?.failures).toBe(1);
  });

  /** Everything from Friday on is quiet; on Monday at ten in Berlin an end is to be told that came on Friday. */
  async function holdForWeekend() {
    const channel = await stage.addSlack();
    const weekend = { days: [5, 6, 7], from: '10:00', to: '10:00' };
    await stage.failures({ severity: 'warning', quiet: [weekend], remindMinutes: 0 });
    await stage.refuseThree();
    await stage.round();
    await stage.round(75);
    await stage.round(3);
    expect(await stage.open()).toEqual([]);
    const untilMonday = Date.parse('2025-11-10T09:00:01.000Z') - stage.clock.now().getTime();
    return { channel, untilMonday };
  }

  test('that a weekend has held back is not old when it ends', async () => {
    const { untilMonday } = await holdForWeekend();
    await stage.clock.advance(untilMonday);
    await stage.round(0);
    expect(stage.firstLines()).toEqual(['⚠️ Activity Log Failed', '✅ Activity Log Failed (resolved)']);
  });

  test('that a weekend has held back is tried again like any other', async () => {
    const { untilMonday } = await holdForWeekend();
    stage.slack.answer({ status: 503 });
    await stage.clock.advance(untilMonday);
    await stage.alerts.deliver();
    stage.slack.answer({ status: 200 });
    await stage.round();
    expect(stage.firstLines().slice(1)).toEqual(Array(2).fill('✅ Activity Log Failed (resolved)'));
  });

  test('that is held back stays so when the address of its channel is changed', async () => {
    const { channel } = await holdForWeekend();
    await stage.alerts.channels.update(stage.admin, channel.id, { url: stage.slack.url });
    await stage.round();
    expect(stage.firstLines()).toHaveLength(1);
  });

  test('arrives once the receiver is well again', async () => {
    await begin({ status: 503 });
    stage.slack.answer({ status: 200 });
    await stage.round();
    expect(stage.firstLines()).toEqual(['⚠️ Activity Log Failed', '⚠️ Activity Log Failed']);
    expect((await stage.alerts.channels.list(stage.workspaceId))[0]).toMatchObject({
      failures: 0,
      waiting: 0,
      lastError: null,
    });
    await stage.round(1);
    expect(stage.texts()).toHaveLength(2);
  });

  test('waits as long as the receiver asks for, and so do the others for it', async () => {
    const { waitMs } = await begin({ status: 429, headers: { 'retry-after': '600' }, body: 'slow down' });
    expect(waitMs).toBe(600_000);
    stage.slack.answer({ status: 200 });
    await stage.round(5);
    expect(stage.texts()).toHaveLength(1);
    await stage.round(6);
    expect(stage.texts()).toHaveLength(2);
  });

  test('that keeps failing is an alert of its own, for the app and the other channels, not for the one that fails', async () => {
    const { channel } = await begin({ status: 500 });
    const other = await startReceiver();
    onTestFinished(other.close);
    await stage.alerts.channels.create(stage.admin, { name: 'Other', type: 'slack', url: other.url });
    for (const minutes of [1, 3, 5]) await stage.round(minutes);
    const alert = (await stage.open()).find(({ kind }) => kind === 'alert-delivery');
    expect(alert).toMatchObject({ subject: `channel:${channel.id}`, title: 'A channel does not take alerts' });
    expect(other.received.map(({ body }) => JSON.parse(body).text.split('\n')[0])).toEqual([
      '⚠️ A channel does not take alerts',
    ]);
    expect(stage.firstLines()).not.toContain('⚠️ A channel does not take alerts');
    stage.slack.answer({ status: 200 });
    for (const minutes of [31, 1, 3]) await stage.round(minutes);
    expect((await stage.open()).filter(({ kind }) => kind === 'alert-delivery')).toEqual([]);
  });

  const DAY_MS = 24 * 60 * ALERT_MINUTE;

  /** What became of the message that an alert was opened, and how long ago that is. */
  async function readOpened(alertId = '') {
    const deliveries = await stage.alerts.deliveries(stage.workspaceId, alertId);
    const opened = deliveries.find(({ event }) => event === 'opened');
    return { ...opened, ageMs: stage.clock.now().getTime() - Date.parse(opened?.createdAt ?? '') };
  }

  test('is given up after a day of tries, and says so', async () => {
    const { alert } = await begin({ status: 500 });
    let opened = await readOpened(alert?.id);
    // From try to try, as the outbox does it; the rules have no part in it.
    for (; opened.state === 'waiting' && opened.ageMs < 2 * DAY_MS; opened = await readOpened(alert?.id)) {
      await stage.clock.advance(Date.parse(opened.nextTryAt ?? '') - stage.clock.now().getTime());
      await stage.alerts.deliver();
    }
    expect(opened).toMatchObject({ state: 'failed', lastError: '500', nextTryAt: null });
    expect(opened.ageMs).toBeGreaterThan(DAY_MS - 31 * ALERT_MINUTE);
    expect(opened.ageMs).toBeLessThanOrEqual(DAY_MS);
    expect(opened.attempts).toBe(stage.texts().length);
    expect(opened.attempts).toBeGreaterThan(48);
  });

  test('that nobody sends is given up after a day, too', async () => {
    const { channel, alert } = await begin({ status: 500 });
    await stage.alerts.channels.update(stage.admin, channel.id, { enabled: false });
    await stage.round(24 * 60 - 1);
    expect(await readOpened(alert?.id)).toMatchObject({ state: 'waiting' });
    await stage.round(2);
    expect(await readOpened(alert?.id)).toMatchObject({ state: 'failed', attempts: 1, lastError: '500' });
  });

  test('to a webhook is signed, named, and the same JSON for every try', async () => {
    const hook = await startReceiver();
    onTestFinished(hook.close);
    const created = await stage.alerts.channels.create(stage.admin, { name: 'Pager', type: 'webhook', url: hook.url });
    expect(created.secret).toMatch(/^whsec_/);
    hook.answer({ status: 500 });
    await stage.failures();
    await stage.refuseThree('n8n:<b>&');
    await stage.round();
    hook.answer({ status: 204 });
    await stage.round();
    const [first, second] = hook.received;
    const body = JSON.parse(second?.body ?? '');
    expect(body).toMatchObject({
      event: 'alert.opened',
      workspace: { id: stage.workspaceId, name: 'Berlin office' },
      alert: { kind: 'persistent-failures', subject: 'n8n:<b>&', severity: 'critical', resolvedAt: null },
    });
    expect(body.id).toBe(JSON.parse(first?.body ?? '').id);
    expect(second?.headers).toMatchObject({ 'x-historybook-event': 'alert.opened', 'x-historybook-delivery': body.id });
    const timestamp = second?.headers['x-historybook-timestamp'];
    const expected = createHmac('sha256', created.secret ?? '')
      .update(`${timestamp}.${second?.body}`)
      .digest('hex');
    expect(second?.headers['x-historybook-signature']).toBe(`sha256=${expected}`);

    const rotated = await stage.alerts.channels.rotateSecret(stage.admin, created.channel.id);
    expect(rotated.secret).not.toBe(created.secret);
  });

  test('says nothing to Slack that Slack would read as something else', async () => {
    await stage.addSlack();
    await stage.failures();
    await stage.refuseThree('n8n:<!channel>&');
    await stage.round();
    expect(stage.texts()[0]).toContain('Source: n8n:&lt;!channel&gt;&amp;');
  });
});
