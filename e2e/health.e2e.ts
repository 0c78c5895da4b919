import { startOwnApp } from './fixtures/own-app.ts';
import { expect, test } from './fixtures/test.ts';

const PATH = '/admin/health';

test.describe('health', () => {
  test('says that logging works, and how each source of the workspace fares', async ({ openAs, workspace, world }) => {
    const send = (body: object) =>
      fetch(`${world.url}/api/internal/log-activity`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-api-key': world.serviceKey,
          'x-workspace-id': workspace.id,
        },
        body: JSON.stringify({ eventType: 'MESSAGE_SENT', leadAirtableId: 'recHealth', source: 'n8n:health', ...body }),
      });
    const page = await openAs('admin', PATH, { workspaceId: workspace.id });
    await expect(page.getByRole('heading', { name: /^Logging works/ })).toBeVisible();
    await expect(page.getByText('No source has sent anything yet')).toBeVisible();

    await send({ eventCategory: 'SMS', description: 'one' });
    await send({ eventCategory: 'BOOKING', description: 'refused' });
    const row = page.getByRole('row').filter({ hasText: 'n8n:health' });
    await expect(row).toContainText('just now');
    await expect(row).toContainText('Still learning');
    await expect(page.getByRole('heading', { name: 'Quarantine' }).locator('..')).toContainText('Wrong category');
    await row.getByRole('link', { name: 'n8n:health' }).click();
    await expect(page).toHaveURL(/activity-logs\?source=n8n/);
  });

  test('while the database is frozen it says so, and afterwards from when to when', async ({ browser, problems }) => {
    test.setTimeout(180_000);
    problems.expect(/./);
    const app = await startOwnApp();
    try {
      await app.log('before');
      const context = await app.signedIn(browser);
      const page = await context.newPage();
      await page.goto(PATH);
      await expect(page.getByRole('heading', { name: 'Logging works.' })).toBeVisible();
      app.freezeDatabase();
      await expect(page.getByRole('heading', { name: /The database is away/ })).toBeVisible({ timeout: 60_000 });
      app.thawDatabase();
      await expect(page.getByRole('heading', { name: /^Logging works/ })).toBeVisible({ timeout: 60_000 });
      const incident = page.getByRole('row').filter({ hasText: 'Database away' });
      await expect(incident).toHaveCount(1, { timeout: 30_000 });
      await expect(incident).not.toContainText('Goes on', { timeout: 30_000 });
      await context.close();
    } finally {
      app.thawDatabase();
      await app.remove();
    }
  });

  test('is not for a PM', async ({ openAs, workspace }) => {
    const page = await openAs('pm', PATH, { workspaceId: workspace.id });
    await expect(page.getByText('Not for your role')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Health' })).toHaveCount(0);
  });
});
