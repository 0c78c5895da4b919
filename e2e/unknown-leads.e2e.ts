import type { Page } from '@playwright/test';
import pg from 'pg';
import { raiseUnknownLeads } from '../src/ops/retry-queue/unknown-leads.ts';
import { expect, test } from './fixtures/test.ts';
import { airtableId } from './fixtures/workspace.ts';

const DAY = 24 * 3_600_000;

/** Looks for unknown leads as the service will in eight days. */
async function inEightDays(databaseUrl: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: databaseUrl });
  const client = await pool.connect();
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  try {
    await raiseUnknownLeads(client, { clock: { now: () => new Date(Date.now() + 8 * DAY) } });
  } finally {
    client.release();
    await pool.end();
  }
}

/** Switches the question on, as an administrator does. */
async function askAfterSevenDays(page: Page): Promise<void> {
  const section = page.getByRole('region', { name: 'Unknown leads' });
  await section.getByRole('switch', { name: 'Ask about events of unknown leads' }).click();
  await expect(section.getByLabel('Days')).toHaveValue('7');
  await section.getByLabel('Days').fill('400');
  await section.getByLabel('Days').blur();
  await section.getByLabel('Days').fill('7');
  await section.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved')).toBeVisible();
  await page.reload();
  await expect(section.getByLabel('Days')).toHaveValue('7');
}

test('whose lead stays unknown is asked, and answered by a link, a new lead or a reason', async ({
  openAs,
  workspace,
  world,
}) => {
  const [lost, fresh, noise] = [airtableId(), airtableId(), airtableId()];
  const leadId = await workspace.upsertLead({ firstName: 'Grace', lastName: 'Hopper' });
  await workspace.log({ leadAirtableId: lost, description: 'SMS to Grace' });
  await workspace.log({ leadAirtableId: lost, description: 'Another to Grace' });
  await workspace.log({ leadAirtableId: fresh, description: 'SMS to somebody new' });
  await workspace.log({ leadAirtableId: noise, description: 'A test' });

  const page = await openAs('admin', '/admin/workspace', { workspaceId: workspace.id });
  await askAfterSevenDays(page);
  await inEightDays(world.databaseUrl);

  await page.goto('/admin/retry-queue');
  const row = (reference: string) => page.getByRole('row').filter({ hasText: reference });
  await expect(row(lost)).toContainText('Lead unknown for too long');
  await expect(row(lost)).toContainText('2 events');
  await row(lost).getByRole('button', { name: 'Find its lead' }).click();
  await page.getByRole('combobox', { name: 'Lead' }).fill('hopper');
  await page.getByRole('option', { name: /Grace Hopper/ }).click();
  await page.getByRole('button', { name: 'Link' }).click();
  await expect(row(lost)).toHaveCount(0);

  await row(fresh).getByRole('button', { name: 'Find its lead' }).click();
  await page.getByRole('button', { name: 'Create the lead' }).click();
  const dialog = page.getByRole('dialog', { name: `New lead for ${fresh}` });
  await dialog.getByLabel('First name').fill('Noa');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(row(fresh)).toHaveCount(0);

  await row(noise)
    .getByRole('button', { name: /^Discard/ })
    .click();
  await page.getByRole('dialog').getByLabel('Reason').fill('a test');
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
  await expect(page.getByText('Nothing waits')).toBeVisible();

  await page.goto(`/leads/${leadId}`);
  await expect(page.getByText('Another to Grace')).toBeVisible();
  await expect(page.getByText(/2 earlier activities join its history/)).toBeVisible();
  await page.goto('/leads');
  await expect(page.getByRole('link', { name: 'Noa' })).toBeVisible();
});
