import type { Page } from '@playwright/test';
import { violationsOf } from './fixtures/axe.ts';
import { chooseFilter } from './fixtures/pages.ts';
import { expect, test } from './fixtures/test.ts';

const PATH = '/admin/retry-queue';

function event(values: Record<string, unknown> = {}) {
  return {
    eventType: 'MESSAGE_SENT',
    eventCategory: 'SMS',
    leadAirtableId: 'recQueue',
    description: 'SMS sent: Hey Sarah',
    source: 'n8n:queue',
    ...values,
  };
}

test.describe('the retry queue', () => {
  let send: (body: object) => Promise<Record<string, unknown>>;
  test.beforeEach(({ workspace, world }) => {
    send = async (body) => {
      const answer = await fetch(`${world.url}/api/internal/log-activity`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-api-key': world.serviceKey,
          'x-workspace-id': workspace.id,
        },
        body: JSON.stringify(body),
      });
      return answer.json();
    };
  });

  const row = (page: Page, text: string | RegExp) => page.getByRole('row').filter({ hasText: text });

  test('shows why an event waits; corrected by hand it is in the feed, at its original time', async ({
    openAs,
    workspace,
  }) => {
    const body = event({ eventCategory: 'BOOKING', timestamp: '2025-03-01T10:00:00Z' });
    expect(await send(body)).toMatchObject({ status: 'quarantined' });
    await send(body);
    const page = await openAs('admin', PATH, { workspaceId: workspace.id });
    await expect(page.getByRole('link', { name: /Retry queue/ })).toContainText('1');
    await expect(row(page, 'Message sent')).toContainText('Wrong category for its type');
    await expect(row(page, 'Message sent')).toContainText('came twice');
    await page.getByRole('button', { name: 'Show details of Message sent' }).click();
    await expect(page.getByRole('region', { name: 'Body' })).toContainText('← must be SMS for MESSAGE_SENT');

    await page.getByRole('button', { name: 'Edit' }).click();
    const editor = page.getByLabel('Corrected body');
    await editor.fill('{ "eventType": ');
    await expect(page.getByText(/^Not valid JSON/)).toBeVisible();
    await editor.fill(JSON.stringify({ ...body, eventCategory: 'SMS', source: '' }));
    await expect(page.getByRole('status').filter({ hasText: 'source' })).toContainText('is required');
    await editor.fill(JSON.stringify({ ...body, eventCategory: 'SMS' }));
    await expect(page.getByText('Nothing is wrong with it now.')).toBeVisible();
    await page.getByRole('button', { name: 'Save and replay' }).click();
    await expect(page.getByText('Nothing waits')).toBeVisible();

    await page.getByRole('tab', { name: /Replayed/ }).click();
    await page.getByRole('button', { name: 'Show details of Message sent' }).click();
    await page.getByRole('link', { name: /^activity / }).click();
    const article = page.getByRole('article').filter({ hasText: 'Hey Sarah' });
    await expect(article).toHaveCount(1);
    await expect(article.locator('time').first()).toHaveAttribute('datetime', '2025-03-01T10:00:00.000Z');
    await article.getByRole('button', { name: /^Show details/ }).click();
    await article.getByRole('link', { name: 'the retry queue' }).click();
    await expect(page).toHaveURL(/retry-queue\?state=replayed/);
    await expect(row(page, 'Message sent')).toContainText('corrected');
  });

  test('replays all that match with its progress, and what waited for a type when that is registered', async ({
    openAs,
    workspace,
  }) => {
    for (let i = 0; i < 3; i += 1) await send(event({ eventType: 'WEBINAR_ATTENDED', description: `no ${i}` }));
    await send(event({ eventCategory: 'BOOKING', source: 'n8n:other' }));
    const page = await openAs('admin', PATH, { workspaceId: workspace.id });
    await chooseFilter(page, 'Reason', 'Unknown event type (3)');
    await page.keyboard.press('Escape');
    await expect(page).toHaveURL(/code=UNKNOWN_TYPE/);
    await page.getByRole('button', { name: 'Replay these 3' }).click();
    await expect(page.getByRole('status', { name: 'Replay', exact: true })).toContainText(
      'Replayed 3 of 3: 0 in the book, 3 refused again',
    );
    await workspace.api.types.register.mutate({ name: 'WEBINAR_ATTENDED', category: 'SMS', label: 'Webinar' });
    await page.getByRole('tab', { name: /Replayed/ }).click();
    await expect(page.getByRole('row', { name: /n8n:queue/ })).toHaveCount(3);
  });

  test('corrects many alike: tried first, then replayed; those that are selected, or all that match', async ({
    openAs,
    workspace,
  }) => {
    for (let i = 0; i < 4; i += 1) await send(event({ eventCategory: 'BOOKING', description: `no ${i}` }));
    await send(event({ eventCategory: 'BOOKING', description: '' }));
    const page = await openAs('admin', PATH, { workspaceId: workspace.id });
    await page.getByRole('checkbox', { name: 'Select Message sent' }).nth(4).check();
    await page.getByRole('button', { name: 'Correct 1 selected' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toHaveAccessibleName('Correct 1 event');
    const field = dialog.getByRole('combobox', { name: 'Field' });
    const value = dialog.getByRole('combobox', { name: 'New value' });
    await expect(field).toHaveValue('eventCategory');
    await value.fill('CAMPAIGN');
    await expect(dialog.getByRole('status')).toContainText('Of 1, 1 would still be refused');
    await value.fill('SMS');
    await expect(dialog.getByText('Nothing is wrong with it then.')).toBeVisible();
    await dialog.getByRole('button', { name: 'Correct and replay' }).click();
    const progress = page.getByRole('status', { name: 'Replay', exact: true });
    await expect(progress).toContainText('Replayed 1 of 1: 1 in the book');

    await page.getByRole('button', { name: 'Correct all' }).click();
    await value.fill('SMS');
    await expect(dialog.getByRole('status')).toContainText('Of 4, 1 would still be refused');
    await expect(dialog.getByRole('status')).toContainText('1 × ');
    await dialog.getByRole('button', { name: 'Another field' }).click();
    await field.nth(1).fill('metadata.corrected');
    await value.nth(1).fill('true');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect.soft(await violationsOf(page), colorScheme).toEqual([]);
    }
    await dialog.getByRole('button', { name: 'Correct and replay 4' }).click();
    await expect(progress).toContainText('Replayed 4 of 4: 3 in the book, 1 refused again');
    await expect(row(page, 'Message sent')).toHaveCount(1);
    await expect(row(page, 'Message sent')).toContainText('corrected');
    const { rows } = await workspace.api.search.activities.query({ filter: { types: ['MESSAGE_SENT'] } });
    expect(rows.map(({ metadata }) => (metadata as { corrected?: boolean }).corrected)).toEqual([
      true,
      true,
      true,
      undefined,
    ]);
  });

  test('discards with a reason, and takes it back', async ({ openAs, workspace }) => {
    await send({ nothing: 'at all' });
    const page = await openAs('admin', PATH, { workspaceId: workspace.id });
    await page.getByRole('button', { name: 'Discard Event without a type' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByRole('button', { name: 'Discard' })).toBeDisabled();
    await dialog.getByLabel('Reason').fill('a probe');
    await dialog.getByRole('button', { name: 'Discard' }).click();
    await expect(page.getByText('Nothing waits')).toBeVisible();
    await page.getByRole('tab', { name: /Discarded/ }).click();
    await page.getByRole('button', { name: 'Restore Event without a type' }).click();
    await page.getByRole('tab', { name: /Waiting/ }).click();
    await expect(page.getByRole('button', { name: 'Replay Event without a type' })).toBeVisible();
  });

  test('is not for a PM', async ({ openAs, workspace }) => {
    const page = await openAs('pm', PATH, { workspaceId: workspace.id });
    await expect(page.getByText('Not for your role')).toBeVisible();
    await expect(page.getByRole('link', { name: /Retry queue/ })).toHaveCount(0);
  });
});
