import { chooseDates, chooseFilter, feedRows, range } from './fixtures/pages.ts';
import { expect, test } from './fixtures/test.ts';
import type { NewEvent, TestWorkspace } from './fixtures/workspace.ts';

const FEED = '/admin/activity-logs';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function ago(milliseconds: number): string {
  return new Date(Date.now() - milliseconds).toISOString();
}

/** Two leads and five events of different types, sources and ages. */
async function fill(workspace: TestWorkspace): Promise<{ ada: string; zoe: string }> {
  const ada = await workspace.upsertLead({
    firstName: 'Ada',
    lastName: 'Lovelace',
    email: 'ada@analytical.test',
    phone: '+1 408 555 0199',
  });
  const zoe = await workspace.upsertLead({ firstName: 'Zoe', lastName: 'Zimmer' });
  const events: NewEvent[] = [
    { leadId: ada, description: 'first touch', messageContent: 'Hello Ada, about engines', timestamp: ago(5 * MINUTE) },
    {
      leadId: zoe,
      description: 'she answered',
      eventType: 'INBOUND_REPLY',
      messageContent: 'Thursday works for me',
      timestamp: ago(3 * HOUR),
    },
    {
      leadId: ada,
      description: 'meeting arranged',
      eventType: 'BOOKING_CONFIRMED',
      eventCategory: 'BOOKING',
      source: 'n8n:calendly',
      metadata: { event_type: 'Discovery call' },
      timestamp: ago(3 * DAY),
    },
    { leadId: zoe, description: 'long ago', timestamp: ago(20 * DAY) },
    { leadId: zoe, description: 'very long ago', timestamp: ago(100 * DAY) },
  ];
  await workspace.logMany(events);
  return { ada, zoe };
}

test('search finds words, phrases, names, e-mail addresses, phone numbers and metadata', async ({
  openAs,
  workspace,
}) => {
  await fill(workspace);
  const page = await openAs('admin', `${FEED}?range=all&category=SMS,BOOKING`, { workspaceId: workspace.id });
  await expect(feedRows(page)).toHaveCount(5);
  const search = page.getByRole('searchbox', { name: 'Search activities' });
  for (const [words, found] of [
    ['engines', ['Hello Ada']],
    ['"thursday works"', ['Thursday works for me']],
    ['"works thursday"', []],
    ['lovelace', ['Hello Ada', 'meeting arranged']],
    ['ada@analytical.test', ['Hello Ada', 'meeting arranged']],
    ['408-555-0199', ['Hello Ada', 'meeting arranged']],
    ['discovery', ['meeting arranged']],
    ['lovelace -engines', ['meeting arranged']],
  ] as const) {
    await search.fill(words);
    await search.press('Enter');
    await expect(feedRows(page), words).toHaveCount(found.length);
    for (const [index, text] of found.entries()) await expect(feedRows(page).nth(index), words).toContainText(text);
  }
  await expect(page.getByText('Nothing matches')).toBeHidden();
  await search.fill('unheard of');
  await search.press('Enter');
  await expect(page.getByText('Nothing matches')).toBeVisible();
});

test('each filter narrows, all of them together, and resetting brings everything back', async ({
  openAs,
  workspace,
}) => {
  await fill(workspace);
  const page = await openAs('admin', `${FEED}?range=all`, { workspaceId: workspace.id });
  // Five events, and two leads that became known.
  await expect(feedRows(page)).toHaveCount(7);

  await chooseFilter(page, 'Category', 'SMS');
  await expect(feedRows(page)).toHaveCount(4);
  await chooseFilter(page, 'Type', 'Reply received');
  await expect(feedRows(page)).toHaveCount(1);
  await expect(feedRows(page).first()).toContainText('Thursday works for me');
  await page.getByRole('button', { name: 'Reset filters' }).click();

  await chooseDates(page, 'All time');
  await chooseFilter(page, 'Source', 'n8n:calendly');
  await expect(feedRows(page)).toHaveCount(1);
  await expect(feedRows(page).first()).toContainText('meeting arranged');
  await page.getByRole('button', { name: 'Reset filters' }).click();

  await chooseDates(page, 'All time');
  await chooseFilter(page, 'Lead', 'Ada Lovelace');
  await expect(feedRows(page)).toHaveCount(3);
  await chooseFilter(page, 'Category', 'Booking');
  await expect(feedRows(page)).toHaveCount(1);
});

test('the date presets reach as far back as they say, 24 hours at first', async ({ openAs, workspace }) => {
  await fill(workspace);
  const page = await openAs('admin', `${FEED}?category=SMS,BOOKING`, { workspaceId: workspace.id });
  await expect(page.getByRole('button', { name: /^Date/ })).toContainText('Last 24 hours');
  await expect(feedRows(page)).toHaveCount(2);
  for (const [preset, count] of [
    ['Last hour', 1],
    ['Last 7 days', 3],
    ['Last 30 days', 4],
    ['All time', 5],
    ['Last 24 hours', 2],
  ] as const) {
    await chooseDates(page, preset);
    await expect(feedRows(page), preset).toHaveCount(count);
    await expect(range(page)).toHaveText(`Showing 1–${count} of ${count}`);
  }
});

test('sorts by time, lead and type, both ways', async ({ openAs, workspace }) => {
  await fill(workspace);
  const page = await openAs('admin', `${FEED}?range=all&category=SMS,BOOKING`, { workspaceId: workspace.id });
  const sortBy = async (label: string) => {
    await page.getByRole('combobox', { name: 'Sort' }).click();
    await page.getByRole('option', { name: label }).click();
  };
  const first = feedRows(page).first();
  const last = feedRows(page).last();
  await expect(first).toContainText('Hello Ada');
  await sortBy('Oldest first');
  await expect(first).toContainText('very long ago');
  await expect(last).toContainText('Hello Ada');
  await sortBy('Lead, A to Z');
  await expect(first).toContainText('Ada Lovelace');
  await expect(last).toContainText('Zoe Zimmer');
  await sortBy('Lead, Z to A');
  await expect(first).toContainText('Zoe Zimmer');
  await sortBy('Type, A to Z');
  await expect(first).toContainText('Booking confirmed');
  await sortBy('Type, Z to A');
  await expect(last).toContainText('Booking confirmed');
});

test('pages of 50 show each row once, in order, to the last', async ({ openAs, workspace }) => {
  const names = Array.from({ length: 120 }, (_, index) => `event number ${String(index).padStart(3, '0')}`);
  await workspace.logMany(
    names.map((description, index) => ({
      leadAirtableId: 'recPaging',
      description,
      timestamp: ago(HOUR - index * 1000),
    })),
  );
  const page = await openAs('admin', FEED, { workspaceId: workspace.id });
  const seen: string[] = [];
  for (const [label, count] of [
    ['Showing 1–50 of 120', 50],
    ['Showing 51–100 of 120', 50],
    ['Showing 101–120 of 120', 20],
  ] as const) {
    await expect(range(page)).toHaveText(label);
    await expect(feedRows(page)).toHaveCount(count);
    for (const text of await feedRows(page).allInnerTexts()) seen.push(/event number \d+/.exec(text)?.[0] ?? text);
    if (count === 50) await page.getByRole('button', { name: 'Next page' }).click();
  }
  expect(seen).toEqual(names.toReversed());
  await page.getByRole('button', { name: 'Page 2' }).click();
  await expect(range(page)).toHaveText('Showing 51–100 of 120');
  await page.reload();
  await expect(range(page)).toHaveText('Showing 51–100 of 120');
});

test('what is shown stands in the address: it survives a reload, and the back button takes it back', async ({
  openAs,
  workspace,
}) => {
  await fill(workspace);
  const page = await openAs('admin', FEED, { workspaceId: workspace.id });
  await chooseDates(page, 'All time');
  await chooseFilter(page, 'Category', 'Booking');
  await expect(page).toHaveURL(/category=BOOKING/);
  await expect(feedRows(page)).toHaveCount(1);

  await page.reload();
  await expect(page.getByRole('button', { name: /^Category/ })).toContainText('Booking');
  await expect(feedRows(page)).toHaveCount(1);
  await expect(feedRows(page).first()).toContainText('meeting arranged');

  await page.goBack();
  await expect(page).not.toHaveURL(/category/);
  await expect(feedRows(page)).toHaveCount(7);
  await page.goForward();
  await expect(feedRows(page)).toHaveCount(1);
});

test('a filtered feed takes in live what fits, and nothing else', async ({ openAs, workspace }) => {
  const { ada, zoe } = await fill(workspace);
  const page = await openAs('admin', `${FEED}?lead=${zoe}&type=INBOUND_REPLY&q=friday`, { workspaceId: workspace.id });
  await expect(page.getByText('Nothing matches')).toBeVisible();
  const reply = { eventType: 'INBOUND_REPLY', messageContent: 'Rather Friday' };
  await workspace.log({ leadId: ada, description: 'another lead', ...reply });
  await workspace.log({ leadId: zoe, description: 'another type', messageContent: 'Friday?' });
  await workspace.log({ leadId: zoe, description: 'other words', ...reply, messageContent: 'Rather Sunday' });
  await workspace.log({ leadId: zoe, description: 'the right one', ...reply });
  await expect(feedRows(page)).toHaveText([/the right one/]);
});
