import type { Locator, Page } from '@playwright/test';
import { violationsOf } from './fixtures/axe.ts';
import { feedRows, isLive, timelineRows } from './fixtures/pages.ts';
import { expect, test } from './fixtures/test.ts';

const WIDE = { width: 1360, height: 860 };
const PHONE = { width: 390, height: 844 };

/** A page, and what to wait for before it is whole. */
const PAGES: readonly { readonly path: string; readonly ready: (page: Page) => Promise<void> }[] = [
  { path: '/', ready: (page) => isLive(page) },
  { path: '/admin/activity-logs?range=all', ready: (page) => expect(feedRows(page)).toHaveCount(50) },
  {
    path: '/admin/activity-logs?q=nothingatall',
    ready: (page) => expect(page.getByText('Nothing matches')).toBeVisible(),
  },
  { path: '/leads', ready: (page) => expect(page.getByRole('table').getByRole('row')).toHaveCount(51) },
  { path: '/campaigns', ready: (page) => expect(page.getByRole('table')).toBeVisible() },
  { path: '/admin/members', ready: (page) => expect(page.getByRole('table')).toBeVisible() },
  { path: '/admin/keys', ready: (page) => expect(page.getByRole('heading', { level: 1 })).toBeVisible() },
  {
    path: '/admin/health',
    ready: (page) => expect(page.getByRole('row').filter({ hasText: 'usually' }).first()).toBeAttached(),
  },
  { path: '/admin/retry-queue', ready: (page) => expect(page.getByText('Nothing waits')).toBeVisible() },
  { path: '/admin/alerts', ready: (page) => expect(page.getByRole('tab', { name: /^Open/ })).toBeVisible() },
  { path: '/admin/alerts?tab=rules', ready: (page) => expect(page.getByRole('table')).toBeVisible() },
  {
    path: '/admin/alerts?tab=channels',
    ready: (page) => expect(page.getByText('Alerts are shown in the app alone')).toBeVisible(),
  },
  { path: '/admin/import', ready: (page) => expect(page.getByText('crm-sales-pipeline').first()).toBeVisible() },
  { path: '/admin/parity', ready: (page) => expect(page.getByText('Nothing was compared yet')).toBeVisible() },
  { path: '/admin/types', ready: (page) => expect(page.getByRole('table').first()).toBeVisible() },
  { path: '/admin/workspace', ready: (page) => expect(page.getByLabel('Name')).toBeVisible() },
  { path: '/admin/workspaces', ready: (page) => expect(page.getByRole('table')).toBeVisible() },
  {
    path: '/leads/00000000-0000-4000-8000-000000000000',
    ready: (page) => expect(page.getByText('There is nothing here')).toBeVisible(),
  },
];

/** How wide the page is; wider than the window it would scroll sideways. */
function widthOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth);
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [size, viewport] of [
    ['wide', WIDE],
    ['phone', PHONE],
  ] as const) {
    test(`no page breaks WCAG 2 A or AA, nor scrolls sideways: ${colorScheme}, ${size}`, async ({
      openAs,
      demo,
      problems,
    }) => {
      test.setTimeout(300_000);
      problems.expect(/status of 404/);
      const page = await openAs('superAdmin', '/', { workspaceId: demo.id, colorScheme, viewport });
      for (const { path, ready } of PAGES) {
        await page.goto(path);
        await ready(page);
        expect.soft(await violationsOf(page), path).toEqual([]);
        expect.soft(await widthOf(page), `width of ${path}`).toBeLessThanOrEqual(viewport.width);
      }
      await page.goto('/admin/activity-logs?range=all');
      await feedRows(page)
        .first()
        .getByRole('button', { name: /^Show details/ })
        .click();
      await expect(feedRows(page).first().getByText('Place in the book')).toBeVisible();
      expect.soft(await violationsOf(page), 'an opened row').toEqual([]);

      await feedRows(page).getByRole('link').first().click();
      for (const tab of ['Activity', 'Overview', 'Notes']) {
        await page.getByRole('tab', { name: tab }).click();
        if (tab === 'Activity') await expect(timelineRows(page).first()).toBeVisible();
        expect.soft(await violationsOf(page), `lead, ${tab}`).toEqual([]);
        expect.soft(await widthOf(page), tab).toBeLessThanOrEqual(viewport.width);
      }
    });

    test(`signing in breaks WCAG 2 A or AA nowhere: ${colorScheme}, ${size}`, async ({
      browser,
      baseURL,
      problems,
      workspace,
    }) => {
      problems.expect(/status of 401/);
      const context = await browser.newContext({ baseURL, colorScheme, viewport });
      problems.watch(context);
      const page = await context.newPage();
      await page.goto('/sign-in');
      expect(await violationsOf(page), 'empty').toEqual([]);
      await page.getByLabel('E-mail').fill('nobody@example.test');
      await page.getByLabel('Password', { exact: true }).fill('a wrong one');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByText('is wrong')).toBeVisible();
      expect(await violationsOf(page), 'with an error').toEqual([]);

      const email = `${'long.address.'.repeat(4)}${workspace.id.slice(-6)}@example.test`;
      const { oneTimePassword } = await workspace.api.members.create.mutate({ email, name: 'New', role: 'PM' });
      await page.getByLabel('E-mail').fill(email);
      await page.getByLabel('Password', { exact: true }).fill(oneTimePassword ?? '');
      await page.getByRole('button', { name: 'Sign in' }).click();
      for (const load of ['as one comes', 'loaded anew']) {
        if (load === 'loaded anew') await page.reload();
        await expect(page.getByRole('heading', { name: 'Choose your password' })).toBeVisible();
        expect(await violationsOf(page), `choose a password, ${load}`).toEqual([]);
        expect(await widthOf(page), load).toBeLessThanOrEqual(viewport.width);
        await page.getByRole('button', { name: 'Save and go on' }).click();
        await expect(page.getByText('From 8 to 128 characters')).toHaveCount(2);
        expect(await violationsOf(page), `choose a password, ${load}, with errors`).toEqual([]);
      }
      await context.close();
    });
  }
}

test('alerts that stand, and a channel that fails, break WCAG 2 A or AA nowhere, nor scroll sideways', async ({
  openAs,
  workspace,
  world,
}) => {
  test.setTimeout(240_000);
  const { api } = workspace;
  // Nothing listens on the discard port.
  await api.alerts.createChannel.mutate({ name: '#devops', type: 'slack', url: 'http://127.0.0.1:9/hook' });
  const failing = { kind: 'persistent-failures', severity: 'critical', params: { threshold: 1 } } as const;
  await api.alerts.createRule.mutate({ ...failing, name: 'Any failure', remindMinutes: 0 });
  await fetch(`${world.url}/api/internal/log-activity`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': world.serviceKey, 'x-workspace-id': workspace.id },
    body: JSON.stringify({ eventType: 'MESSAGE_SENT', eventCategory: 'BOOKING', source: 'n8n:a-workflow' }),
  });
  const page = await openAs('admin', '/admin/alerts', { workspaceId: workspace.id });
  const card = page.getByRole('article', { name: 'Activity Log Failed: n8n:a-workflow' });
  await expect(card).toBeVisible({ timeout: 90_000 });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const viewport of [WIDE, PHONE]) {
      await page.setViewportSize(viewport);
      const check = async (what: string) => {
        expect.soft(await violationsOf(page), `${what}, ${colorScheme}, ${viewport.width}`).toEqual([]);
        expect.soft(await widthOf(page), `width of ${what}, ${colorScheme}`).toBeLessThanOrEqual(viewport.width);
      };
      await page.goto('/admin/alerts');
      await card.getByRole('button', { name: 'Who was told' }).click();
      await expect(card.getByRole('list', { name: 'Messages' })).toContainText('nobody listens there');
      await check('an alert');
      await page.goto('/admin/alerts?tab=channels');
      await page.getByRole('button', { name: 'Test #devops' }).click();
      await expect(page.getByRole('status').filter({ hasText: 'No answer' })).toBeVisible();
      await expect(page.getByText('Failing').filter({ visible: true })).toBeVisible();
      await check('a failing channel');
      await page.goto('/admin/health');
      await expect(page.getByRole('region', { name: 'Open alerts' })).toContainText('n8n:a-workflow');
      await expect(page.getByText('Nothing taken')).toBeVisible();
      await check('health with an open alert');
    }
  }
});

/** Visible and no longer fading in: half-faded text has the contrast of neither state. */
async function isShown(element: Locator): Promise<void> {
  await expect(element).toBeVisible();
  await expect(element).toHaveCSS('opacity', '1');
}

test('dialogs and menus break WCAG 2 A or AA nowhere', async ({ openAs, demo }) => {
  const page = await openAs('superAdmin', '/admin/keys', { workspaceId: demo.id });
  await page.getByRole('button', { name: 'Create key' }).first().click();
  await isShown(page.getByRole('dialog'));
  expect.soft(await violationsOf(page), 'create key').toEqual([]);
  await page.goto('/admin/members');
  await page.getByRole('button', { name: 'Add member' }).first().click();
  await isShown(page.getByRole('dialog'));
  expect.soft(await violationsOf(page), 'add member').toEqual([]);
  await page.goto('/admin/alerts?tab=rules');
  await page.getByRole('button', { name: 'Edit Persistent failures' }).click();
  await page.getByRole('button', { name: 'Add quiet time' }).click();
  await isShown(page.getByRole('dialog'));
  expect.soft(await violationsOf(page), 'edit rule').toEqual([]);
  await page.goto('/admin/alerts?tab=channels');
  await page.getByRole('button', { name: 'Add channel' }).click();
  await isShown(page.getByRole('dialog'));
  expect.soft(await violationsOf(page), 'add channel').toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Alerts', exact: true }).click();
  await isShown(page.getByRole('dialog', { name: 'Alerts' }));
  expect.soft(await violationsOf(page), 'bell').toEqual([]);
  await page.goto('/admin/activity-logs');
  for (const filter of ['Type', 'Category', 'Lead', 'Source', 'Date']) {
    await page.getByRole('button', { name: new RegExp(`^${filter}`) }).click();
    const dropdown = page.getByRole('dialog');
    await isShown(dropdown);
    expect.soft(await violationsOf(page), filter).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(dropdown).toBeHidden();
  }
  await page.keyboard.press('Control+k');
  await isShown(page.getByRole('dialog', { name: 'Search pages and leads' }));
  expect.soft(await violationsOf(page), 'command palette').toEqual([]);
});

test('everything from signing in to a lead’s timeline can be done by keyboard alone', async ({ page, world, demo }) => {
  const { superAdmin } = world.people;
  await page.context().addCookies([{ name: 'hb_workspace', value: demo.id, url: world.url }]);
  await page.goto('/sign-in');
  await page.keyboard.type(superAdmin.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(superAdmin.password);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/');
  await isLive(page);

  await page.keyboard.press('Control+k');
  await page.keyboard.type('activity logs');
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Activity logs', exact: true })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/admin\/activity-logs/);
  await page.goto('/admin/activity-logs?range=all');
  await expect(feedRows(page)).toHaveCount(50);

  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox', { name: 'Search activities' })).toBeFocused();
  await page.keyboard.type('reply');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/q=reply/);
  const first = feedRows(page).first();
  const chevron = first.getByRole('button', { name: /^(Show|Hide) details/ });
  await tabTo(page, chevron);
  await page.keyboard.press('Enter');
  await expect(first.getByText('Place in the book')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(first.getByText('Place in the book')).toBeHidden();
  const lead = first.getByRole('link').first();
  await tabTo(page, lead, 'Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/leads\/.*tab=activity/);
  await expect(timelineRows(page).first()).toBeVisible();
  await tabTo(page, page.getByRole('tab', { name: 'Activity' }));
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'Notes' })).toHaveAttribute('aria-selected', 'true');
});

/** Presses Tab until the element has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, target: ReturnType<Page['locator']>, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error('the keyboard does not get there');
}
