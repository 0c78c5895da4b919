/** `npm run screenshots`: starts the application with demo data and takes the pictures of docs/images. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from '@playwright/test';
import { findChromium } from '../scripts/find-chromium.mjs';
import { removeEmbeddedData } from '../src/platform/embedded/postgres.ts';
import { ADMIN_EMAIL, ADMIN_PASSWORD, freshDataDir, launchApp, ROOT } from '../src/testing/app-process.ts';
import { createApi, signIn } from './fixtures/api.ts';
import { cookiesOf } from './fixtures/cookies.ts';
import { feedRows, isLive, timelineRows } from './fixtures/pages.ts';

const IMAGES = join(ROOT, 'docs', 'images');
const WIDE: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 } };
const DARK: BrowserContextOptions = { colorScheme: 'dark' };

interface Picture {
  readonly name: string;
  readonly path: string;
  readonly options: BrowserContextOptions;
  /** Brings the page into the state to show. */
  readonly prepare?: (page: Page) => Promise<void>;
}

const openFirst = async (page: Page) => {
  await feedRows(page)
    .first()
    .getByRole('button', { name: /^Show details/ })
    .click();
  await page.mouse.move(0, 0);
};

const counted = async (page: Page) => {
  await isLive(page);
  await page.getByRole('region', { name: 'Today' }).getByText(/\d/).nth(5).waitFor();
};

const listed = (page: Page) => page.getByRole('table').getByRole('row').nth(10).waitFor();

const openLead = async (page: Page) => {
  await feedRows(page).filter({ hasText: 'Booking confirmed' }).getByRole('link').first().click();
  await timelineRows(page).first().waitFor();
  await page.mouse.move(0, 0);
};

const FEED = '/admin/activity-logs';
const BOOKINGS = `${FEED}?range=all&type=BOOKING_CONFIRMED`;

const PICTURES: readonly Picture[] = [
  { name: 'home', path: '/', options: WIDE, prepare: counted },
  { name: 'feed', path: FEED, options: WIDE },
  { name: 'feed-dark', path: FEED, options: { ...WIDE, ...DARK } },
  { name: 'feed-details', path: FEED, options: WIDE, prepare: openFirst },
  { name: 'feed-phone', path: FEED, options: PHONE },
  { name: 'timeline', path: BOOKINGS, options: WIDE, prepare: openLead },
  { name: 'timeline-phone', path: BOOKINGS, options: PHONE, prepare: openLead },
  { name: 'leads', path: '/leads', options: WIDE, prepare: listed },
  { name: 'leads-phone', path: '/leads', options: { ...PHONE, ...DARK }, prepare: listed },
];

async function takeAll(browser: Browser, url: string): Promise<void> {
  const cookie = await signIn(url, ADMIN_EMAIL, ADMIN_PASSWORD);
  const workspaces = await createApi({ url, cookie }).workspaces.list.query();
  const demo = workspaces.find(({ isDemo }) => isDemo);
  if (!demo) throw new Error('there is no demo workspace');
  for (const { name, path, options, prepare } of PICTURES) {
    const context = await browser.newContext({
      baseURL: url,
      timezoneId: 'Europe/Berlin',
      locale: 'en-GB',
      ...options,
    });
    await context.addCookies(cookiesOf(`${cookie}; hb_workspace=${demo.id}`));
    const page = await context.newPage();
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    if (path.startsWith(FEED)) await Promise.all([feedRows(page).first().waitFor(), isLive(page)]);
    await prepare?.(page);
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: join(IMAGES, `${name}.png`), animations: 'disabled', caret: 'hide' });
    console.log(`docs/images/${name}.png`);
    await context.close();
  }
}

mkdirSync(IMAGES, { recursive: true });
const dataDir = freshDataDir('screenshots');
const app = launchApp({ dataDir, env: { DEMO_DATA: 'on' } });
const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', '--disable-gpu'] });
try {
  await takeAll(browser, await app.url);
} finally {
  await browser.close();
  await app.stop();
  await removeEmbeddedData(dataDir);
}
