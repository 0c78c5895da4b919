import type { Page } from '@playwright/test';
import { feedRows, timelineRows } from './fixtures/pages.ts';
import { expect, test } from './fixtures/test.ts';
import type { TestWorkspace } from './fixtures/workspace.ts';
import { bridgeOf } from './fixtures/workspace.ts';
import type { World } from './fixtures/world.ts';

const long = (text: string, length: number) => text.repeat(Math.ceil(length / text.length)).slice(0, length);

const LINK = `https://example.test/${long('path-without-end_', 600)}?token=${long('Zm9vYmFy', 600)}==`;
const BASE64 = long('QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo', 2_000);
const HEBREW = 'שלום, זה טקסט מימין לשמאל (123) ABC';
const EMOJI = long('👩‍👩‍👧‍👦🏳️‍🌈', 120);

const WIDTHS = [320, 390, 768, 1024, 1440];

/** Everything that comes from outside, as unfit for a narrow column as it may be. */
async function seed(workspace: TestWorkspace, world: World): Promise<{ leadId: string }> {
  const { api } = workspace;
  const leadId = await workspace.upsertLead({
    firstName: long('Wolfeschlegelsteinhausenberger', 200),
    lastName: long('x', 200),
    company: long('Donaudampfschifffahrt', 200),
    email: `${long('local.part', 60)}@${long('subdomain.', 60)}example.test`,
    phone: '+1 (408) 555-0100',
    status: long('StatusOfAnotherSystem', 90),
  });
  await workspace.upsertLead({ firstName: HEBREW, lastName: EMOJI, company: HEBREW });
  const { campaign } = await api.campaigns.create.mutate({ name: long('CampaignWithoutABlank', 180), steps: 3 });
  await api.leads.enroll.mutate({ leadId, campaignId: campaign.id });
  await api.leads.addNote.mutate({ leadId, body: `${LINK}\n${BASE64}\n${HEBREW}` });
  await api.keys.create.mutate({ name: long('key-of-a-service-', 100), scopes: ['activity:write'] });
  const member = {
    email: `${long('very.long.', 60)}address@example.test`,
    name: long('Member', 100),
    role: 'PM' as const,
  };
  const { userId } = (await api.members.create.mutate(member)).member;
  await api.leads.assign.mutate({ leadId, userId });
  await api.types.register.mutate({
    name: long('TYPE_OF_ITS_OWN_', 60),
    label: long('LabelOfTheType', 60),
    category: 'SYSTEM',
    icon: 'tag',
    colour: 'gray',
  });
  const nasty = { leadId, source: long('source:', 100), executionId: long('execution', 200) };
  for (const text of [LINK, BASE64, EMOJI, HEBREW]) {
    await workspace.log({ ...nasty, description: text.slice(0, 1_000), messageContent: text });
  }
  await workspace.log({
    ...nasty,
    eventType: 'MESSAGE_FAILED',
    description: 'Failed',
    metadata: {
      campaign_name: long('Campaign', 300),
      error_message: BASE64,
      [long('key_', 200)]: { deep: [LINK, HEBREW] },
    },
  });
  await workspace.log({ source: nasty.source, leadAirtableId: long('recUnknown', 90), description: LINK });
  const post = bridgeOf(world.url, world.serviceKey, workspace.id);
  for (const eventType of [long('NO_SUCH_TYPE_', 100), 'MESSAGE_SENT']) {
    const body = {
      eventType,
      eventCategory: 'SMS',
      description: BASE64,
      source: nasty.source,
      [BASE64.slice(0, 200)]: 1,
    };
    await post('/api/internal/log-activity', body).catch(() => undefined);
  }
  return { leadId };
}

/** What sticks out of the window to the right, when the page scrolls sideways. */
async function overflowOf(page: Page): Promise<string[]> {
  // The frame of the page glides to its new width.
  await page.waitForFunction(() => !document.getAnimations().some((one) => one instanceof CSSTransition));
  return page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    const outside = [...document.body.querySelectorAll('*')].filter((element) => {
      return element.getBoundingClientRect().right > room + 1 && element.children.length === 0;
    });
    return outside.slice(0, 5).map((element) => `${element.outerHTML.slice(0, 200)}`);
  });
}

/** Boxes that scroll sideways although a table of text should fit. */
function scrollersOf(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('main table')].flatMap((table) => {
      const box = table.closest('.mantine-ScrollArea-viewport') ?? table.parentElement;
      return box && box.scrollWidth > box.clientWidth + 1 ? [`${box.scrollWidth} > ${box.clientWidth}`] : [];
    }),
  );
}

test('no page scrolls sideways, whatever comes from outside', async ({ openAs, workspace, world, problems }) => {
  test.setTimeout(300_000);
  problems.expect(/status of 4\d\d/);
  const { leadId } = await seed(workspace, world);
  const rows = (page: Page) => expect(page.getByRole('table').first()).toBeVisible();
  const PAGES: readonly { path: string; ready: (page: Page) => Promise<void> }[] = [
    { path: '/', ready: (page) => expect(page.getByRole('article').first()).toBeVisible() },
    { path: '/admin/activity-logs?range=all', ready: (page) => expect(feedRows(page).nth(5)).toBeVisible() },
    { path: '/leads', ready: rows },
    { path: `/leads/${leadId}`, ready: (page) => expect(page.getByRole('article').first()).toBeVisible() },
    { path: `/leads/${leadId}?tab=activity`, ready: (page) => expect(timelineRows(page).nth(3)).toBeVisible() },
    { path: `/leads/${leadId}?tab=notes`, ready: (page) => expect(page.getByRole('article').first()).toBeVisible() },
    { path: '/campaigns', ready: rows },
    { path: '/admin/members', ready: rows },
    { path: '/admin/keys', ready: rows },
    { path: '/admin/types', ready: rows },
    { path: '/admin/retry-queue', ready: rows },
    { path: '/admin/workspace', ready: (page) => expect(page.getByLabel('Name')).toBeVisible() },
    { path: '/admin/workspaces', ready: rows },
  ];
  await workspace.api.workspaces.update.mutate({ name: long('WorkspaceWithoutABlank', 100), timeZone: 'UTC' });
  const page = await openAs('superAdmin', '/', { workspaceId: workspace.id });
  for (const { path, ready } of PAGES) {
    await page.goto(path);
    await ready(page);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      expect.soft(await overflowOf(page), `${path} at ${width}`).toEqual([]);
      if (width !== 320) expect.soft(await scrollersOf(page), `tables of ${path} at ${width}`).toEqual([]);
    }
  }
});

test('opened rows, menus and dialogs hold what is in them', async ({ openAs, workspace, world, problems }) => {
  problems.expect(/status of 4\d\d/);
  const { leadId } = await seed(workspace, world);
  for (const width of [320, 1440]) {
    const options = { workspaceId: workspace.id, viewport: { width, height: 800 } } as const;
    const page = await openAs('superAdmin', '/admin/activity-logs?range=all', options);
    await expect(feedRows(page).nth(5)).toBeVisible();
    for (const row of await feedRows(page).all()) await row.getByRole('button', { name: /^Show details/ }).click();
    expect.soft(await overflowOf(page), `opened rows at ${width}`).toEqual([]);

    await page.goto('/admin/retry-queue');
    const show = page.getByRole('button', { name: /^Show details/ });
    await expect(show.first()).toBeVisible();
    while ((await show.count()) > 0) await show.first().click();
    await expect(page.getByText('Body as it came').first()).toBeVisible();
    expect.soft(await overflowOf(page), `opened entries at ${width}`).toEqual([]);

    await page.goto(`/leads/${leadId}`);
    for (const menu of ['Assign', 'Enrol', 'Change status']) {
      await page.getByRole('button', { name: menu, exact: true }).click();
      await expect(page.getByRole('menu')).toBeVisible();
      expect.soft(await overflowOf(page), `${menu} at ${width}`).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('menu')).toHaveCount(0);
    }
    await page.getByRole('button', { name: 'Add note' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    expect.soft(await overflowOf(page), `dialog at ${width}`).toEqual([]);
    await page.close();
  }
});

test('a long text is shown in a few lines until its row is opened, and keeps its own direction', async ({
  openAs,
  workspace,
}) => {
  const leadId = await workspace.upsertLead({ firstName: 'Short' });
  await workspace.log({ leadId, description: BASE64.slice(0, 1_000) });
  await workspace.log({ leadId, description: HEBREW });
  const page = await openAs('admin', '/admin/activity-logs', { workspaceId: workspace.id });
  const row = feedRows(page).filter({ hasText: BASE64.slice(0, 40) });
  const text = row.getByText(BASE64.slice(0, 40)).first();
  await expect(text).toBeVisible();
  const heightOf = () => text.evaluate((element) => element.getBoundingClientRect().height);
  const closed = await heightOf();
  expect(closed).toBeLessThan(80);
  await row.getByRole('button', { name: /^Show details/ }).click();
  await expect.poll(heightOf).toBeGreaterThan(closed);
  const hebrew = feedRows(page).getByText(HEBREW);
  await expect(hebrew).toHaveCSS('direction', 'rtl');
});
