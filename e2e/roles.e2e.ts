import { createApi } from './fixtures/api.ts';
import { feedRows, isLive, liveLight, timelineRows } from './fixtures/pages.ts';
import { expect, test } from './fixtures/test.ts';
import { createTestWorkspace } from './fixtures/workspace.ts';

test('a project manager sees a lead’s timeline, and not the feed of everything', async ({ openAs, workspace }) => {
  const leadId = await workspace.upsertLead({ firstName: 'Grace' });
  await workspace.log({ leadId, description: 'seen by the manager' });
  const page = await openAs('pm', `/leads/${leadId}?tab=activity`, { workspaceId: workspace.id });
  await expect(timelineRows(page).filter({ hasText: 'seen by the manager' })).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link')).toHaveText([
    'Home',
    'Leads',
    'Campaigns',
  ]);

  await page.goto('/admin/activity-logs');
  await expect(page.getByText('Not for your role')).toBeVisible();
  await expect(feedRows(page)).toHaveCount(0);
  for (const path of ['/admin/members', '/admin/keys', '/admin/types', '/admin/workspace', '/admin/workspaces']) {
    await page.goto(path);
    await expect(page.getByText('Not for your role'), path).toBeVisible();
  }
});

test('a client sees no activity anywhere, and the server gives none', async ({ openAs, workspace, world }) => {
  const leadId = await workspace.upsertLead({ firstName: 'Secretive' });
  await workspace.log({ leadId, description: 'not for clients' });
  const page = await openAs('client', '/', { workspaceId: workspace.id });
  for (const path of ['/', '/leads', `/leads/${leadId}?tab=activity`, '/admin/activity-logs']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 }).or(page.getByText('Not for your role')).first()).toBeVisible();
    await expect(page.getByText('not for clients'), path).toHaveCount(0);
    await expect(page.getByText('Secretive'), path).toHaveCount(0);
  }
  const { cookie } = world.people.client;
  const api = createApi({ url: world.url, cookie, workspaceId: workspace.id });
  await expect(api.timeline.lead.query({ leadId })).rejects.toMatchObject({ data: { code: 'FORBIDDEN' } });
  await expect(api.search.activities.query({ filter: {}, page: {} })).rejects.toMatchObject({
    data: { code: 'FORBIDDEN' },
  });
  for (const path of [`/api/leads/${leadId}/activity`, '/api/admin/activity-logs', '/api/stream']) {
    const answer = await fetch(world.url + path, { headers: { cookie, 'x-workspace-id': workspace.id } });
    expect(answer.status, path).toBe(403);
  }
});

test('a lead of another workspace is not there, even for who belongs to both', async ({
  openAs,
  workspace,
  world,
  problems,
}) => {
  problems.expect(/status of 404/);
  const other = await createTestWorkspace(world);
  const foreign = await other.upsertLead({ firstName: 'Foreign' });
  await other.log({ leadId: foreign, description: 'of another workspace' });
  const page = await openAs('admin', `/leads/${foreign}?tab=activity`, { workspaceId: workspace.id });
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
  await expect(page.getByText('Foreign')).toHaveCount(0);
  const { cookie } = world.people.admin;
  const answer = await fetch(`${world.url}/api/leads/${foreign}/activity`, {
    headers: { cookie, 'x-workspace-id': workspace.id },
  });
  expect(answer.status).toBe(404);
});

test('what happens in another workspace does not reach an open feed', async ({ openAs, workspace, world }) => {
  const other = await createTestWorkspace(world);
  const page = await openAs('superAdmin', '/admin/activity-logs', { workspaceId: workspace.id });
  await isLive(page);
  await other.log({ leadAirtableId: 'recForeign', description: 'of another workspace' });
  await workspace.log({ leadAirtableId: 'recOwn', description: 'of this one' });
  await expect(feedRows(page)).toHaveText([/of this one/]);
});

test('changing the workspace changes everything that is shown', async ({ openAs, workspace, world }) => {
  const other = await createTestWorkspace(world);
  await workspace.upsertLead({ firstName: 'Nearby' });
  await other.upsertLead({ firstName: 'Faraway' });
  const page = await openAs('admin', '/leads', { workspaceId: workspace.id });
  await expect(page.getByRole('link', { name: 'Nearby' })).toBeVisible();
  await page.getByRole('button', { name: `Workspace ${workspace.name}` }).click();
  await page.getByRole('menuitem', { name: other.name }).click();
  await expect(page).toHaveURL('/');
  await page.goto('/leads');
  await expect(page.getByRole('link', { name: 'Faraway' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Nearby' })).toHaveCount(0);
});

test('who loses the role loses the open page at once, and is told', async ({ openAs, workspace, problems }) => {
  const [admin] = (await workspace.api.members.list.query()).filter(({ email }) => email.startsWith('admin@example'));
  const page = await openAs('admin', '/admin/activity-logs', { workspaceId: workspace.id });
  await isLive(page);
  await workspace.log({ leadAirtableId: 'recBefore', description: 'before the change' });
  await expect(feedRows(page)).toHaveText([/before the change/]);
  problems.expect(/status of 403/);
  await workspace.api.members.setRole.mutate({ userId: admin?.userId ?? '', role: 'PM' });
  await expect(page.getByRole('alert').filter({ hasText: 'has changed' })).toContainText('You are project manager now');
  await expect(page.getByText('Not for your role')).toBeVisible();
  await expect(liveLight(page)).not.toHaveText('Live');
  await workspace.log({ leadAirtableId: 'recAfter', description: 'after the change' });
  await expect(feedRows(page)).toHaveCount(0);
  await page.reload();
  await expect(page.getByText('Not for your role')).toBeVisible();
  await expect(page.getByText('after the change')).toHaveCount(0);
});
