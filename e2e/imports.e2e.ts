import type { Page } from '@playwright/test';
import { smsAuditCsv } from '../src/testing/sms-audit.ts';
import { violationsOf } from './fixtures/axe.ts';
import { feedRows, isLive } from './fixtures/pages.ts';
import { expect, test } from './fixtures/test.ts';

const csv = (content: string) => ({ name: 'SMS_Audit.csv', mimeType: 'text/csv', buffer: Buffer.from(content) });

/** Chooses a file in the dialog that is open, and sends it. */
async function send(page: Page, content: string, button: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.locator('input[type=file]').setInputFiles(csv(content));
  await dialog.getByRole('button', { name: button, exact: true }).click();
  await expect(dialog).toBeHidden();
}

test.describe('parity', () => {
  test('shows the day on which 852 were lost, names them, and brings them in', async ({ openAs, workspace }) => {
    const page = await openAs('admin', '/admin/import', { workspaceId: workspace.id });
    await expect(page.getByText('Nothing was imported yet')).toBeVisible();
    await page.getByRole('button', { name: 'Import a file' }).first().click();
    await send(page, smsAuditCsv({ without: '2025-09-17' }), 'Import');
    await expect(page.getByRole('row', { name: /SMS_Audit/ })).toContainText('Done', { timeout: 30_000 });

    await page.goto('/admin/parity');
    await page.getByRole('button', { name: 'Compare a file' }).first().click();
    await send(page, smsAuditCsv(), 'Compare');
    await expect(page.getByText('852 of 1,152 are missing in the book')).toBeVisible({ timeout: 30_000 });
    await expect(page.getByRole('button', { name: '2025-09-17: 852 of 852 missing' })).toBeVisible();
    await expect(page.getByRole('table').getByRole('row')).toHaveCount(2);
    expect(await violationsOf(page)).toEqual([]);

    await page.getByRole('button', { name: 'Show the 852 missing on 2025-09-17' }).click();
    const drawer = page.getByRole('dialog');
    await expect(drawer.getByRole('listitem')).toHaveCount(50);
    await drawer.getByRole('button', { name: 'Show more' }).click();
    await expect(drawer.getByRole('listitem')).toHaveCount(100);
    await expect(drawer.getByRole('listitem').first()).toContainText('rec202509170000');
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Import these 852' }).click();
    await expect(page).toHaveURL(/\/admin\/import\?run=/);
    const run = page.getByRole('row', { name: /missing of SMS_Audit/ });
    await expect(run).toContainText('Done', { timeout: 30_000 });
    await expect(page.getByText('852 activities are new in the book')).toBeVisible();

    await page.goto('/admin/parity');
    await page.getByRole('button', { name: 'Compare a file' }).first().click();
    await send(page, smsAuditCsv(), 'Compare');
    await expect(page.getByText('Nothing of SMS_Audit.csv is missing')).toBeVisible({ timeout: 30_000 });
  });
});

test.describe('an import', () => {
  const HEAD = 'Record ID,Event,Event Time,Lead Record ID,Message';

  test('is tried first, says what it would refuse, and then brings in the rest', async ({ openAs, workspace }) => {
    const page = await openAs('admin', '/admin/import', { workspaceId: workspace.id });
    await page.getByRole('button', { name: 'Import a file' }).first().click();
    await send(page, `${HEAD}\nr1,Sent,2025-09-17 08:00,recA,Hi\nr2,Queued,2025-09-17 08:00,recA,Hi\n`, 'Try first');
    const row = page.getByRole('row', { name: /SMS_Audit/ }).first();
    await expect(row).toContainText('Tried', { timeout: 30_000 });
    await expect(page.getByText('1 activity would be new')).toBeVisible();
    await expect(page.getByRole('region', { name: 'Refused' })).toContainText('"Queued" is no event type');
    expect(await violationsOf(page)).toEqual([]);
    await row.getByRole('button', { name: 'Import' }).click();
    await expect(page.getByRole('row', { name: /SMS_Audit/ }).first()).toContainText('Done', { timeout: 30_000 });
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download the record' }).click();
    expect((await download).suggestedFilename()).toBe('SMS_Audit.csv.rejected.csv');
  });

  test('of a file without the columns it needs is refused with their names', async ({
    openAs,
    workspace,
    problems,
  }) => {
    problems.expect(/status of 400/);
    const page = await openAs('admin', '/admin/import', { workspaceId: workspace.id });
    await page.getByRole('button', { name: 'Import a file' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('input[type=file]').setInputFiles(csv('Id,What\n1,Sent\n'));
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await expect(dialog.getByRole('alert')).toContainText('Event Time: is not in the file, which has: Id, What');
    expect(await violationsOf(page)).toEqual([]);
  });

  test('is for administrators', async ({ openAs, workspace }) => {
    for (const path of ['/admin/import', '/admin/parity']) {
      const page = await openAs('pm', path, { workspaceId: workspace.id });
      await expect(page.getByText('Not for your role')).toBeVisible();
    }
  });

  test('of old records does not announce them in an open feed, and counts them there', async ({
    openAs,
    workspace,
  }) => {
    await workspace.logMany(
      Array.from({ length: 60 }, (_, i) => ({ description: `Now ${i}`, leadAirtableId: 'recNow' })),
    );
    const feed = await openAs('admin', '/admin/activity-logs?range=all', { workspaceId: workspace.id });
    await expect(feedRows(feed)).toHaveCount(50);
    await isLive(feed);
    await feed.mouse.wheel(0, 600);
    const page = await openAs('admin', '/admin/import', { workspaceId: workspace.id });
    await page.getByRole('button', { name: 'Import a file' }).first().click();
    await send(page, smsAuditCsv(), 'Import');
    await expect(page.getByRole('row', { name: /SMS_Audit/ })).toContainText('Done', { timeout: 30_000 });
    await expect(feed.getByText('of 1,212')).toBeVisible();
    await expect(feed.getByText(/\d new/)).toHaveCount(0);
    await expect(feedRows(feed).first()).toContainText('Now');
  });
});
