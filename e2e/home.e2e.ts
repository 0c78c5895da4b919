import type { Locator, Page } from '@playwright/test';
import { dayOf, spanOfDay } from '../src/domain/day.ts';
import { isLive, withoutReload } from './fixtures/pages.ts';
import { expect, test } from './fixtures/test.ts';

const ZONE = 'Europe/Berlin';
const MINUTE = 60_000;

function tile(page: Page, category: string): Locator {
  return page.getByRole('region', { name: 'Today' }).getByRole('link', { name: new RegExp(`^${category}`) });
}

test('the counts of today follow the stream, and ask the server nothing for it', async ({ openAs, workspace }) => {
  await workspace.log({ leadAirtableId: 'recToday', description: 'before the page was open' });
  const page = await openAs('admin', '/', { workspaceId: workspace.id });
  await isLive(page);
  await expect(tile(page, 'SMS')).toHaveText('SMS1');
  await expect(tile(page, 'Booking')).toHaveText('Booking0');
  const asked: string[] = [];
  page.on('request', (request) => request.url().includes('search.activities') && asked.push(request.url()));

  await withoutReload(page, async () => {
    await workspace.logMany(
      Array.from({ length: 30 }, (_, index) => ({ leadAirtableId: 'recToday', description: `one of many ${index}` })),
    );
    await workspace.log({
      eventType: 'BOOKING_CONFIRMED',
      eventCategory: 'BOOKING',
      leadAirtableId: 'recToday',
      description: 'a booking',
    });
    const yesterday = new Date(Date.now() - 36 * 60 * MINUTE).toISOString();
    await workspace.log({ leadAirtableId: 'recToday', description: 'of another day', timestamp: yesterday });
    await expect(tile(page, 'SMS')).toHaveText('SMS31');
    await expect(tile(page, 'Booking')).toHaveText('Booking1');
  });
  expect(asked).toEqual([]);
});

test('at midnight of the workspace the counts begin anew, with what belongs to the new day', async ({
  browserOf,
  workspace,
}) => {
  const midnight = spanOfDay(dayOf(new Date(), ZONE), ZONE)?.from.getTime() ?? 0;
  const before = new Date(midnight - 30 * MINUTE).toISOString();
  await workspace.log({ leadAirtableId: 'recNight', description: 'in the evening', timestamp: before });
  const page = await (await browserOf('admin', { workspaceId: workspace.id })).newPage();
  // The clock of this browser is behind: there it is ten to twelve of the day before.
  await page.clock.install({ time: midnight - 10 * MINUTE });
  await page.goto('/');
  await isLive(page);
  await expect(tile(page, 'SMS')).toHaveText('SMS1');
  await workspace.logMany([1, 2].map((n) => ({ leadAirtableId: 'recNight', description: `after midnight ${n}` })));
  await workspace.log({ leadAirtableId: 'recNight', description: 'still the evening', timestamp: before });
  await expect(tile(page, 'SMS')).toHaveText('SMS2');

  await page.clock.fastForward(11 * MINUTE);
  await expect(tile(page, 'SMS')).toHaveText('SMS2');
  await expect(tile(page, 'SMS')).toHaveAttribute('href', new RegExp(`from=${dayOf(new Date(), ZONE)}`));
  await workspace.log({ leadAirtableId: 'recNight', description: 'after midnight 3' });
  await expect(tile(page, 'SMS')).toHaveText('SMS3');
});
