import type { Page } from '@playwright/test';
import { type OwnApp, startOwnApp } from './fixtures/own-app.ts';
import { feedRows, isLive, liveLight, timelineRows, withoutReload } from './fixtures/pages.ts';
import { expect, test } from './fixtures/test.ts';

const FEED = '/admin/activity-logs';
const EVENT = { eventType: 'MESSAGE_SENT', eventCategory: 'SMS', source: 'n8n:e2e' };
const A_WHILE = { timeout: 60_000 };
const TEN_MINUTES = 600_000;

/** What the page says at its foot while something is away. */
const says = (page: Page, what: RegExp) =>
  expect(page.getByRole('alert').filter({ hasText: what })).toBeVisible(A_WHILE);
const saysNothing = (page: Page) => expect(page.getByText(/^(Database|Server) away\./)).toHaveCount(0, A_WHILE);

test.describe('while the database is away', () => {
  test.setTimeout(300_000);
  test.beforeEach(({ problems }) =>
    problems.expect(/ERR_|Failed to load resource|status of 50\d|BOOK_UNREACHABLE|Error:/),
  );
  let app: OwnApp;
  test.beforeAll(async () => {
    app = await startOwnApp();
  });
  test.afterAll(async () => {
    app.thawDatabase();
    await app.remove();
  });

  test('frozen: pages say so, events are taken and appear late in their place; what people do is refused and kept', async ({
    browser,
  }) => {
    const leadId = await app.upsertLead({ airtableRecordId: 'recOutage', firstName: 'Otto', status: 'New' });
    const context = await app.signedIn(browser);
    const [feed, timeline, notes] = [await context.newPage(), await context.newPage(), await context.newPage()];
    await feed.goto(FEED);
    await timeline.goto(`/leads/${leadId}?tab=activity`);
    await notes.goto(`/leads/${leadId}?tab=notes`);
    await Promise.all([isLive(feed), isLive(timeline)]);
    expect(await app.post({ ...EVENT, leadId, description: 'before the outage' })).toBe(201);
    await expect(feedRows(feed).first()).toContainText('before the outage');

    await withoutReload(feed, () =>
      withoutReload(timeline, async () => {
        app.freezeDatabase();
        const happened = new Date(Date.now() - TEN_MINUTES).toISOString();
        const earlier = { ...EVENT, leadId, description: 'ten minutes ago', timestamp: happened };
        expect(await app.post(earlier)).toBe(202);
        expect(await app.post({ ...EVENT, leadId, description: 'during the outage' })).toBe(202);

        await feed.bringToFront();
        await says(feed, /Database away.*kept safe and appear here, in their place/);
        await expect(liveLight(feed)).toHaveText('Database away');

        await notes.bringToFront();
        await notes.getByRole('textbox', { name: 'Note' }).fill('She asked for a call on Thursday');
        await notes.getByRole('button', { name: 'Add note' }).last().click();
        await expect(notes.getByText(/The database is away right now, and nothing was changed/).first()).toBeVisible(
          A_WHILE,
        );
        await expect(notes.getByRole('textbox', { name: 'Note' })).toHaveValue('She asked for a call on Thursday');

        await timeline.bringToFront();
        await says(timeline, /Database away/);
        app.thawDatabase();
        for (const page of [feed, timeline]) {
          await page.bringToFront();
          const rows = page === feed ? feedRows(page) : timelineRows(page);
          await expect(rows.filter({ hasText: 'during the outage' })).toBeVisible(A_WHILE);
          const late = rows.filter({ hasText: 'ten minutes ago' });
          await expect(late).toContainText(/recorded 1\d minutes later/, A_WHILE);
          const texts = await rows.allTextContents();
          const at = (text: string) => texts.findIndex((row) => row.includes(text));
          expect(at('ten minutes ago')).toBeGreaterThan(at('before the outage'));
          await saysNothing(page);
          await isLive(page);
        }
      }),
    );
    await notes.bringToFront();
    await saysNothing(notes);
    await notes.getByRole('button', { name: 'Add note' }).last().click();
    await expect(notes.getByRole('article').filter({ hasText: 'a call on Thursday' })).toBeVisible(A_WHILE);
    await context.close();
  });

  test('a change of status is refused and taken back, and works again afterwards', async ({ browser }) => {
    const leadId = await app.upsertLead({ airtableRecordId: 'recStatus', firstName: 'Stella', status: 'New' });
    const context = await app.signedIn(browser);
    const page = await context.newPage();
    await page.goto(`/leads/${leadId}`);
    const change = async () => {
      await page.getByRole('button', { name: 'Change status' }).click();
      await page.getByRole('menuitem', { name: 'Booked' }).click();
    };
    await page.getByRole('button', { name: 'Change status' }).click();
    await expect(page.getByRole('menuitem', { name: 'Booked' })).toBeVisible();
    await page.keyboard.press('Escape');
    app.freezeDatabase();
    await change();
    const refused = page.getByRole('alert').filter({ hasText: 'The status was not changed' });
    await expect(refused).toContainText('nothing was changed', A_WHILE);
    await expect(page.getByRole('main').getByText('New', { exact: true })).toBeVisible();
    app.thawDatabase();
    await says(page, /./).catch(() => undefined);
    await saysNothing(page);
    await change();
    await expect(page.getByRole('main').getByText('Booked', { exact: true }).first()).toBeVisible(A_WHILE);
    await context.close();
  });

  test('the sign-in page says so too; a page that is opened then says what is so, and comes by itself', async ({
    browser,
  }) => {
    const context = await app.signedIn(browser);
    const page = await context.newPage();
    const guest = await (await browser.newContext({ baseURL: app.url })).newPage();
    const newcomer = await (await app.signedIn(browser)).newPage();
    await app.upsertLead({ airtableRecordId: 'recOpened', firstName: 'Olga', status: 'New' });
    await page.goto('/');
    await isLive(page);
    app.freezeDatabase();
    await guest.goto('/sign-in');
    await says(guest, /Database away/);
    await newcomer.goto('/leads');
    await expect(newcomer.getByRole('heading', { name: 'The book cannot be reached' })).toBeVisible(A_WHILE);
    // Who was here before is known, so that the page of the outage can be opened in it.
    await page.goto('/admin/health');
    await expect(page.getByRole('heading', { name: 'Health', level: 1 })).toBeVisible(A_WHILE);
    await expect(
      page
        .getByRole('main')
        .getByText(/database/i)
        .first(),
    ).toBeVisible(A_WHILE);
    await page.goto('/leads');
    await expect(page.getByRole('heading', { name: 'Leads', level: 1 })).toBeVisible(A_WHILE);
    await says(page, /Database away/);
    app.thawDatabase();
    await expect(page.getByRole('row').filter({ hasText: 'Olga' })).toBeVisible(A_WHILE);
    await saysNothing(page);
    await expect(newcomer.getByRole('heading', { name: 'Leads', level: 1 })).toBeVisible(A_WHILE);
    await saysNothing(guest);
    await newcomer.context().close();
    await guest.context().close();
    await context.close();
  });

  test('killed: it comes back by itself, and no event is missing from the open feed', async ({ browser }) => {
    const context = await app.signedIn(browser);
    const page = await context.newPage();
    await page.goto(FEED);
    await isLive(page);
    await withoutReload(page, async () => {
      app.killDatabase();
      for (let index = 1; index <= 5; index += 1) {
        const event = { ...EVENT, leadAirtableId: 'recKilled', description: `killed ${index}.` };
        expect([201, 202]).toContain(await app.post(event));
      }
      for (let index = 1; index <= 5; index += 1) {
        await expect(feedRows(page).filter({ hasText: `killed ${index}.` })).toHaveCount(1, A_WHILE);
      }
      await isLive(page);
    });
    await context.close();
  });
});

test('started without its database, a page says what is so and goes on by itself', async ({ browser, problems }) => {
  test.setTimeout(180_000);
  problems.expect(/ERR_|Failed to load resource|status of 50\d|BOOK_UNREACHABLE|Error:/);
  const app = await startOwnApp({ DATABASE_URL: 'postgresql://nobody:nothing@127.0.0.1:1/none' });
  try {
    const page = await (await browser.newContext({ baseURL: app.url })).newPage();
    await page.goto('/admin/activity-logs');
    await expect(page.getByRole('heading', { name: 'The book cannot be reached' })).toBeVisible(A_WHILE);
    await expect(page.getByText('kept safe meanwhile')).toBeVisible();
    await page.context().close();
  } finally {
    await app.remove();
  }
});
