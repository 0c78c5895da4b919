import { feedRows, isLive, liveLight } from './fixtures/pages.ts';
import { expect, test } from './fixtures/test.ts';

test('the feed goes by the keyboard: j and k, Enter, slash, p, and a question mark that tells of them', async ({
  openAs,
  workspace,
}) => {
  for (const name of ['first', 'second', 'third']) {
    await workspace.log({ leadAirtableId: 'recKeys', description: `the ${name}.` });
  }
  const page = await openAs('admin', '/admin/activity-logs', { workspaceId: workspace.id });
  await isLive(page);
  const [newest, middle] = [feedRows(page).first(), feedRows(page).nth(1)];
  await expect(newest).toContainText('the third.');
  await page.keyboard.press('k');
  await page.keyboard.press('j');
  await expect(newest.getByRole('button', { name: /^Show details/ })).toBeFocused();
  await page.keyboard.press('j');
  await expect(middle.getByRole('button', { name: /^Show details/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(middle.getByText('Place in the book')).toBeVisible();
  await page.keyboard.press('Enter');
  await page.keyboard.press('k');
  await expect(newest.getByRole('button', { name: /^Show details/ })).toBeFocused();

  await page.keyboard.press('p');
  await expect(liveLight(page)).toHaveText('Paused');
  await page.keyboard.press('p');
  await isLive(page);

  await page.keyboard.press('Shift+?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(help.getByText('Next row')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();

  await page.keyboard.press('/');
  const search = page.getByRole('searchbox', { name: 'Search activities' });
  await expect(search).toBeFocused();
  await page.keyboard.type('jkp?');
  await expect(search).toHaveValue('jkp?');
  await expect(liveLight(page)).toHaveText('Live');
});

test('the list of leads follows what happens, and holds still under the pointer', async ({ openAs, workspace }) => {
  const older = await workspace.upsertLead({ firstName: 'Older', status: 'New' });
  const newer = await workspace.upsertLead({ firstName: 'Newer', status: 'New' });
  await workspace.log({ leadId: older, description: 'one' });
  await workspace.log({ leadId: newer, description: 'two' });
  const page = await openAs('admin', '/leads', { workspaceId: workspace.id });
  await isLive(page);
  const names = page.getByRole('table').getByRole('link');
  await expect(names).toHaveText(['Newer', 'Older']);
  await workspace.log({ leadId: older, description: 'three' });
  await expect(names).toHaveText(['Older', 'Newer']);

  await names.first().hover();
  await workspace.api.leads.setStatus.mutate({ leadId: newer, status: 'Booked' });
  const [first, second] = [page.getByRole('row').nth(1), page.getByRole('row').nth(2)];
  await expect(second).toContainText('Booked');
  await expect(first).toContainText('Older');
  await workspace.log({ leadId: await workspace.upsertLead({ firstName: 'Newest' }), description: 'four' });
  await expect(page.getByRole('button', { name: '1 new' })).toBeVisible();
  await expect(names).toHaveText(['Older', 'Newer']);
  await page.getByRole('heading', { level: 1 }).hover();
  await expect(names).toHaveText(['Newest', 'Newer', 'Older']);
});

test('who was removed from the workspace is told so, in place of the page', async ({ openAs, workspace, problems }) => {
  problems.expect(/status of 40[34]/);
  const [pm] = (await workspace.api.members.list.query()).filter(({ email }) => email.startsWith('pm@example'));
  const leadId = await workspace.upsertLead();
  const page = await openAs('pm', `/leads/${leadId}?tab=activity`, { workspaceId: workspace.id });
  await isLive(page);
  await workspace.api.members.remove.mutate({ userId: pm?.userId ?? '' });
  await expect(page.getByRole('heading', { name: `${workspace.name} is closed to you` })).toBeVisible();
});

test('a page without a connection says so, and goes on without a gap', async ({ openAs, workspace, problems }) => {
  problems.expect(/ERR_|Failed to load resource/);
  const page = await openAs('admin', '/admin/activity-logs', { workspaceId: workspace.id });
  await isLive(page);
  await page.context().setOffline(true);
  await expect(liveLight(page)).toHaveText('Offline');
  await expect(page.getByRole('alert').filter({ hasText: 'misses nothing' })).toBeVisible();
  await workspace.log({ leadAirtableId: 'recOffline', description: 'while offline' });
  await page.context().setOffline(false);
  await expect(feedRows(page)).toHaveText([/while offline/]);
  await isLive(page);
});
