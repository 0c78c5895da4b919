import type { Page } from '@playwright/test';
import { isLive, placeOf, timelineRows } from './fixtures/pages.ts';
import { expect, test } from './fixtures/test.ts';

const WINDOW = { width: 1360, height: 860 };
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Noon of a day that is `days` before today by the clocks of Berlin, where the test workspaces are. */
function noon(days: number): Date {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Berlin' }).format(Date.now() - days * DAY);
  return new Date(`${day}T11:00:00Z`);
}

/** A row in the middle of the window, and where it stands once the list has come to rest. */
async function rowInView(page: Page): Promise<{ name: string; y: number }> {
  const look = async () => {
    const rows = await timelineRows(page).evaluateAll((elements) =>
      elements.map((element) => ({
        name: /event \d{3}\./.exec(element.textContent ?? '')?.[0] ?? '',
        y: Math.round(element.getBoundingClientRect().y),
      })),
    );
    return rows.find(({ y }) => y > WINDOW.height / 2);
  };
  let before = await look();
  await expect(async () => {
    const now = await look();
    const last = before;
    before = now;
    expect(now).toBeDefined();
    expect(now).toEqual(last);
  }).toPass();
  return before ?? { name: '', y: Number.NaN };
}

test('a history is grouped by day, the newest first, by the clocks of the workspace', async ({ openAs, workspace }) => {
  const leadId = await workspace.upsertLead();
  await workspace.logMany([
    { leadId, description: 'nine days ago', timestamp: noon(9).toISOString() },
    { leadId, description: 'yesterday, later', timestamp: new Date(noon(1).getTime() + MINUTE).toISOString() },
    { leadId, description: 'yesterday', timestamp: noon(1).toISOString() },
  ]);
  await workspace.log({ leadId, description: 'just now' });
  const page = await openAs('pm', `/leads/${leadId}?tab=activity`, { workspaceId: workspace.id });
  await expect(timelineRows(page)).toHaveText([
    /just now/,
    /Lead identified/,
    /yesterday, later/,
    /yesterday/,
    /nine days ago/,
  ]);
  const days = page.getByRole('region', { name: 'Timeline' }).getByRole('heading', { level: 2 });
  const date = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', day: 'numeric' }).format(noon(9));
  await expect(days).toHaveText(['Today', 'Yesterday', new RegExp(`\\b${date}\\b`)]);
  const yesterday = page.getByRole('region', { name: 'Yesterday' }).getByRole('article');
  await expect(yesterday).toHaveCount(2);
  await expect(yesterday.first().getByRole('time')).toHaveText(/^1[12]:0\d|^13:0\d/);
});

test('categories and words narrow a history, live rows included, and stand in the address', async ({
  openAs,
  workspace,
}) => {
  const leadId = await workspace.upsertLead();
  await workspace.logMany([
    { leadId, description: 'a message', messageContent: 'about engines' },
    { leadId, description: 'a booking', eventType: 'BOOKING_CONFIRMED', eventCategory: 'BOOKING' },
  ]);
  const page = await openAs('pm', `/leads/${leadId}?tab=activity`, { workspaceId: workspace.id });
  await expect(timelineRows(page)).toHaveCount(3);
  await page.getByRole('group', { name: 'Categories' }).getByText('SMS').click();
  await expect(timelineRows(page)).toHaveText([/a message/]);
  await expect(page).toHaveURL(/category=SMS/);
  await isLive(page);
  await workspace.log({
    leadId,
    description: 'another booking',
    eventType: 'BOOKING_CANCELLED',
    eventCategory: 'BOOKING',
  });
  await workspace.log({ leadId, description: 'another message' });
  await expect(timelineRows(page)).toHaveText([/another message/, /a message/]);

  await page.getByRole('searchbox', { name: 'Search this timeline' }).fill('engines');
  await page.keyboard.press('Enter');
  await expect(timelineRows(page)).toHaveText([/a message/]);
  await page.reload();
  await expect(timelineRows(page)).toHaveText([/a message/]);
});

test('loading older rows does not move the ones in view, however long the history gets', async ({
  openAs,
  workspace,
}) => {
  const leadId = await workspace.upsertLead();
  const start = Date.now() - 30 * DAY;
  await workspace.logMany(
    Array.from({ length: 400 }, (_, index) => ({
      leadId,
      description: `event ${String(index).padStart(3, '0')}.`,
      // Rows of different heights, as real ones are.
      messageContent: index % 3 === 0 ? 'Some words that were sent, '.repeat(1 + (index % 7)) : undefined,
      timestamp: new Date(start + index * 60 * MINUTE).toISOString(),
    })),
  );
  const page = await openAs('pm', '/leads', { workspaceId: workspace.id, viewport: WINDOW });
  // Rows can be held back, so that the window stands still at the end of what is there while they are awaited.
  let gate = Promise.resolve();
  let inFlight = 0;
  await page.route(/timeline\.lead/, async (route) => {
    inFlight += 1;
    await gate;
    await route.continue();
  });
  page.on('requestfinished', (request) => {
    if (request.url().includes('timeline.lead')) inFlight -= 1;
  });
  const beginning = page.getByText('The beginning of the history');
  const belowWindow = () => page.evaluate(() => document.body.scrollHeight - window.innerHeight - window.scrollY);
  const isSettled = async () => inFlight === 0 && ((await beginning.count()) > 0 || (await belowWindow()) > 1_000);
  await page.goto(`/leads/${leadId}?tab=activity&category=SMS`);
  await expect.poll(isSettled).toBe(true);

  let steps = 0;
  for (; (await beginning.count()) === 0; steps += 1) {
    const held = Promise.withResolvers<void>();
    gate = held.promise;
    // Heights of rows that were never in view are guesses: the end may move away when they are measured.
    await expect(async () => {
      await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
      await expect(page.getByLabel('Loading older activities')).toBeInViewport({ timeout: 500 });
    }).toPass();
    const read = await rowInView(page);
    held.resolve();
    await expect.poll(isSettled).toBe(true);
    const row = timelineRows(page).filter({ hasText: read.name });
    await expect.poll(async () => (await placeOf(row)).y, `${read.name}, step ${steps}`).toBe(read.y);
  }
  expect(steps).toBeGreaterThanOrEqual(3);
});

test('scrolling down a long history brings it all, each row once, down to its beginning', async ({
  openAs,
  workspace,
}) => {
  const leadId = await workspace.upsertLead();
  const start = Date.now() - 30 * DAY;
  const names = Array.from({ length: 420 }, (_, index) => `event ${String(index).padStart(3, '0')}.`);
  await workspace.logMany(
    names.map((description, index) => ({
      leadId,
      description,
      timestamp: new Date(start + index * 60 * MINUTE).toISOString(),
    })),
  );
  const page = await openAs('pm', `/leads/${leadId}?tab=activity&category=SMS`, {
    workspaceId: workspace.id,
    viewport: WINDOW,
  });
  await expect(timelineRows(page).first()).toContainText('event 419.');
  const seen = new Set<string>();
  const lookAndScroll = async () => {
    const shown = (await timelineRows(page).allInnerTexts()).map((text) => /event \d{3}\./.exec(text)?.[0] ?? text);
    expect(new Set(shown).size, 'a row is drawn twice').toBe(shown.length);
    for (const name of shown) seen.add(name);
    await page.mouse.wheel(0, 500);
    const [end] = await page.getByText('The beginning of the history').all();
    return ((await end?.boundingBox())?.y ?? Number.POSITIVE_INFINITY) < WINDOW.height;
  };
  await page.mouse.move(WINDOW.width / 2, WINDOW.height / 2);
  await expect.poll(lookAndScroll, { intervals: [50], timeout: 40_000 }).toBe(true);
  await lookAndScroll();
  expect([...seen].toSorted()).toEqual(names);
});
