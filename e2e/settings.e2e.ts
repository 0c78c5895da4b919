import { signInFirst } from './fixtures/api.ts';
import { feedRows, isLive, timelineRows } from './fixtures/pages.ts';
import { expect, test } from './fixtures/test.ts';

test('a type of one’s own is refused before it is registered, and then shown under its label', async ({
  openAs,
  workspace,
}) => {
  const event = {
    leadAirtableId: 'recWebinar',
    eventType: 'WEBINAR_ATTENDED',
    eventCategory: 'SYSTEM',
    description: 'Joined the webinar',
  };
  await expect(workspace.log(event)).rejects.toThrow(/UNKNOWN_TYPE/);

  const page = await openAs('admin', '/admin/types', { workspaceId: workspace.id });
  await expect(page.getByText('No types of your own yet')).toBeVisible();
  await page.getByRole('button', { name: 'Register the first type' }).click();
  const form = page.getByRole('dialog', { name: 'Register event type' });
  await form.getByLabel('Name').fill('WEBINAR_ATTENDED');
  await form.getByLabel('Label').fill('Webinar attended');
  await form.getByRole('button', { name: 'Register type' }).click();
  await expect(page.getByRole('row', { name: /Webinar attended/ })).toBeVisible();

  await page.goto('/admin/activity-logs');
  await isLive(page);
  await workspace.log(event);
  await expect(feedRows(page).filter({ hasText: 'Joined the webinar' })).toContainText('Webinar attended');
});

test('a campaign that was created takes leads, and one that was archived takes no more', async ({
  openAs,
  workspace,
}) => {
  const leadId = await workspace.upsertLead({ firstName: 'Grace' });
  const page = await openAs('pm', '/campaigns', { workspaceId: workspace.id });
  await page.getByRole('button', { name: 'Create campaign' }).first().click();
  const form = page.getByRole('dialog', { name: 'Create campaign' });
  await form.getByLabel('Name').fill('Long-term nurture');
  await form.getByLabel('Steps').fill('4');
  await form.getByRole('button', { name: 'Create campaign' }).click();
  await expect(page.getByRole('row', { name: /Long-term nurture/ })).toContainText('0');

  const lead = await page.context().newPage();
  await lead.goto(`/leads/${leadId}`);
  await lead.getByRole('button', { name: 'Enrol' }).click();
  await lead.getByRole('menuitem', { name: 'Long-term nurture' }).click();
  await expect(lead.getByRole('region', { name: 'Campaigns' })).toContainText('Long-term nurture');
  await page.reload();
  await expect(page.getByRole('row', { name: /Long-term nurture/ }).getByRole('link')).toHaveText('1');

  await page.getByRole('button', { name: 'Archive Long-term nurture' }).click();
  await expect(page.getByRole('button', { name: 'Restore Long-term nurture' })).toBeVisible();
  const other = await workspace.upsertLead({ firstName: 'Another' });
  await lead.goto(`/leads/${other}`);
  await lead.getByRole('button', { name: 'Enrol' }).click();
  await expect(lead.getByText('No other campaign to enrol in')).toBeVisible();
});

test('days and times follow the time zone of the workspace', async ({ openAs, workspace }) => {
  const leadId = await workspace.upsertLead();
  await workspace.log({ leadId, description: 'at a known time', timestamp: '2026-01-15T23:30:00Z' });
  const page = await openAs('admin', `/leads/${leadId}?tab=activity`, { workspaceId: workspace.id });
  const row = timelineRows(page).filter({ hasText: 'at a known time' });
  await expect(row.getByRole('time')).toHaveText('00:30');
  await expect(page.getByRole('heading', { name: /16 January/ })).toBeVisible();

  await page.goto('/admin/workspace');
  const timeZone = page.getByRole('combobox', { name: 'Time zone' });
  await timeZone.fill('America/New_York');
  await page.getByRole('option', { name: 'America/New_York' }).click();
  await page.locator('form').filter({ has: timeZone }).getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved')).toBeVisible();
  await page.goto(`/leads/${leadId}?tab=activity`);
  await expect(row.getByRole('time')).toHaveText('18:30');
  await expect(page.getByRole('heading', { name: /15 January/ })).toBeVisible();
});

test('who changes the password stays signed in, and the old password opens nothing any more', async ({
  world,
  workspace,
  page,
  problems,
}) => {
  problems.expect(/status of 40[01]/);
  const email = `changing.${workspace.id.slice(-6)}@example.test`;
  const { oneTimePassword } = await workspace.api.members.create.mutate({ email, name: 'Chris Change', role: 'PM' });
  const old = 'the one that was first';
  await signInFirst(world.url, email, oneTimePassword ?? '', old);
  const signIn = async (password: string) => {
    await page.goto('/sign-in');
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  const me = page.getByRole('button', { name: 'Signed in as Chris Change' });
  await signIn(old);
  await expect(me).toBeVisible();
  await me.click();
  await page.getByRole('menuitem', { name: /password/i }).click();
  const form = page.getByRole('dialog', { name: 'Change password' });
  await form.getByLabel('Current password').fill('not this one');
  await form.getByLabel('New password').fill('a new and longer one');
  await form.getByRole('button', { name: 'Change password' }).click();
  await expect(form.getByRole('alert')).toBeVisible();
  await form.getByLabel('Current password').fill(old);
  await form.getByRole('button', { name: 'Change password' }).click();
  await expect(form).toBeHidden();
  await page.reload();
  await expect(me).toBeVisible();

  await me.click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/sign-in');
  await signIn(old);
  await expect(page.getByText('is wrong')).toBeVisible();
  await signIn('a new and longer one');
  await expect(me).toBeVisible();
});
