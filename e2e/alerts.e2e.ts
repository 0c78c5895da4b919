import type { Page } from '@playwright/test';
import { type Receiver, startReceiver } from '../src/testing/receiver.ts';
import { expect, test } from './fixtures/test.ts';

const PATH = '/admin/alerts';

test.describe('alerts', () => {
  let receiver: Receiver;
  test.beforeEach(async () => {
    receiver = await startReceiver();
  });
  test.afterEach(() => receiver.close());

  const row = (page: Page, text: string | RegExp) => page.getByRole('row').filter({ hasText: text });

  test('a channel is added, tested, and says exactly what was answered', async ({ openAs, workspace }) => {
    const page = await openAs('admin', `${PATH}?tab=channels`, { workspaceId: workspace.id });
    await expect(page.getByText('Alerts are shown in the app alone')).toBeVisible();
    await page.getByRole('button', { name: 'Add channel' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('#devops');
    await dialog.getByLabel('Address').fill('nothing');
    await dialog.getByRole('button', { name: 'Add channel' }).click();
    await expect(dialog.getByText('must be an address')).toBeVisible();
    await dialog.getByLabel('Address').fill(receiver.url);
    await dialog.getByRole('button', { name: 'Add channel' }).click();
    await expect(row(page, '#devops')).toContainText('On');
    await expect(row(page, '#devops')).not.toContainText('/hook');

    await page.getByRole('button', { name: 'Test #devops' }).click();
    await expect(row(page, '#devops').getByRole('status')).toContainText('The test message was taken. Answered 200');
    expect(receiver.received).toHaveLength(1);
    receiver.answer({ status: 404, body: 'no_service' });
    await page.getByRole('button', { name: 'Test #devops' }).click();
    await expect(row(page, '#devops').getByRole('status')).toContainText('Answered 404');
    await expect(row(page, '#devops').getByRole('status')).toContainText('no_service');
  });

  test('a webhook gets a secret, which is shown once', async ({ openAs, workspace }) => {
    const page = await openAs('admin', `${PATH}?tab=channels`, { workspaceId: workspace.id });
    await page.getByRole('button', { name: 'Add channel' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Webhook', { exact: true }).click();
    await dialog.getByLabel('Name').fill('Pager');
    await dialog.getByLabel('Address').fill(receiver.url);
    await dialog.getByRole('button', { name: 'Add channel' }).click();
    await expect(page.getByTestId('secret')).toHaveText(/^whsec_/);
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await expect(row(page, 'Pager')).toBeVisible();
  });

  test('a rule is changed, alerts in the app, by the bell and in the channel, and is acknowledged and muted', async ({
    openAs,
    workspace,
    world,
  }) => {
    test.setTimeout(120_000);
    await workspace.api.alerts.createChannel.mutate({ name: '#devops', type: 'slack', url: receiver.url });
    const page = await openAs('admin', `${PATH}?tab=rules`, { workspaceId: workspace.id });
    await page.getByRole('button', { name: 'Edit Persistent failures' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Failures').fill('0');
    await dialog.getByRole('button', { name: 'Save rule' }).click();
    await expect(dialog.getByText('must be from 1 to 1000000 events')).toBeVisible();
    await dialog.getByLabel('Failures').fill('2');
    await dialog.getByRole('button', { name: 'Add quiet time' }).click();
    await dialog.getByRole('button', { name: 'Save rule' }).click();
    await expect(row(page, 'Persistent failures')).toContainText('Failures: 2 events · Within: 15 minutes');
    await expect(row(page, 'Persistent failures')).toContainText('Quiet 22:00–07:00');

    for (const description of ['one', 'two']) {
      await fetch(`${world.url}/api/internal/log-activity`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-api-key': world.serviceKey,
          'x-workspace-id': workspace.id,
        },
        body: JSON.stringify({
          eventType: 'MESSAGE_SENT',
          eventCategory: 'BOOKING',
          source: 'n8n:broken',
          description,
        }),
      });
    }
    await expect(page.getByRole('button', { name: 'Alerts, 1 new' })).toBeVisible({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Alerts, 1 new' }).click();
    const bell = page.getByRole('dialog', { name: 'Alerts' });
    await expect(bell).toContainText('Activity Log Failed');
    await bell.getByRole('link', { name: 'All alerts' }).click();
    await expect(page.getByRole('button', { name: 'Alerts', exact: true })).toBeVisible();

    await page.getByRole('tab', { name: /^Open/ }).click();
    const card = page.getByRole('article', { name: 'Activity Log Failed: n8n:broken' });
    await expect(card).toContainText('2 events in 15 minutes');
    await card.getByRole('button', { name: 'Who was told' }).click();
    await expect(card.getByRole('list', { name: 'Messages' })).toContainText('Opened to #devops: arrived', {
      timeout: 20_000,
    });
    expect(JSON.parse(receiver.received[0]?.body ?? '').text).toContain('⚠️ Activity Log Failed');
    await card.getByRole('button', { name: /^Acknowledge/ }).click();
    await expect(card).toContainText('admin@example.test sees to it');
    await card.getByRole('button', { name: /^Mute/ }).click();
    await page.getByRole('menuitem', { name: 'For an hour' }).click();
    await expect(card).toContainText('muted, ends');
  });

  test('is not for a PM, nor is the bell', async ({ openAs, workspace }) => {
    const page = await openAs('pm', PATH, { workspaceId: workspace.id });
    await expect(page.getByText('Not for your role')).toBeVisible();
    await expect(page.getByRole('button', { name: /^Alerts/ })).toHaveCount(0);
    await expect(page.getByRole('link', { name: 'Alerts' })).toHaveCount(0);
  });
});
