import { feedRows, isLive } from './fixtures/pages.ts';
import { expect, test } from './fixtures/test.ts';

test('a newcomer finds two demo workspaces, marked as such, full of believable history', async ({
  openAs,
  demo,
  world,
}) => {
  const { cookie } = world.people.superAdmin;
  expect(cookie).not.toBe('');
  const demos = (await demo.api.workspaces.list.query()).filter(({ isDemo }) => isDemo);
  expect(demos).toHaveLength(2);
  const page = await openAs('superAdmin', '/admin/activity-logs?range=all', { workspaceId: demo.id });
  await expect(page.getByRole('button', { name: /\(demo\)/ })).toBeVisible();
  await expect(feedRows(page)).toHaveCount(50);
  await expect(page.getByText(/Showing 1–50 of 1?[0-9],/)).toBeVisible();
  await page.goto('/leads');
  await expect(page.getByText(/Showing 1–50 of \d+/)).toBeVisible();
});

test('the button plays live traffic, the feed moves, and a second press ends it', async ({ openAs, demo }) => {
  const page = await openAs('superAdmin', '/', { workspaceId: demo.id });
  const feed = await page.context().newPage();
  await feed.goto('/admin/activity-logs');
  await isLive(feed);
  const before = await feedRows(feed)
    .first()
    .getAttribute('data-activity-id')
    .catch(() => null);
  await page.getByRole('button', { name: /Play live traffic/ }).click();
  await expect
    .poll(
      () =>
        feedRows(feed)
          .first()
          .getAttribute('data-activity-id')
          .catch(() => null),
      { timeout: 20_000 },
    )
    .not.toBe(before);
  await page.getByRole('button', { name: /Stop/ }).click();
  await expect(page.getByRole('button', { name: /Play live traffic/ })).toBeVisible();
});

test('one click removes a demo workspace and leaves the others alone', async ({ openAs, demo }) => {
  const doomed = (await demo.api.workspaces.list.query()).filter(({ isDemo, id }) => isDemo && id !== demo.id).at(0);
  const page = await openAs('superAdmin', '/', { workspaceId: doomed?.id ?? '' });
  await page.getByRole('button', { name: 'Remove demo workspace' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove demo workspace' }).click();
  await expect(page.getByRole('button', { name: `Workspace ${doomed?.name}` })).toHaveCount(0, { timeout: 30_000 });
  const left = await demo.api.workspaces.list.query();
  expect(left.map(({ id }) => id)).not.toContain(doomed?.id);
  expect(left.map(({ id }) => id)).toContain(demo.id);
  expect((await demo.api.leads.list.query({ limit: 1 })).total).toBeGreaterThan(50);
});
