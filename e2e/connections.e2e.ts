import { createLiveProxy } from './fixtures/live-proxy.ts';
import { startOwnApp } from './fixtures/own-app.ts';
import { feedRows, isLive, liveLight, timelineRows } from './fixtures/pages.ts';
import { expect, test } from './fixtures/test.ts';

const FEED = '/admin/activity-logs';
const HALF_A_MINUTE = 31_000;

/** Ten filters that have nothing in common: for each, which of ten events fits. */
const TYPES = [
  ['MESSAGE_SENT', 'SMS'],
  ['MESSAGE_FAILED', 'SMS'],
  ['INBOUND_REPLY', 'SMS'],
  ['OPT_OUT', 'SMS'],
  ['CAMPAIGN_COMPLETED', 'CAMPAIGN'],
  ['BOOKING_CONFIRMED', 'BOOKING'],
  ['BOOKING_CANCELLED', 'BOOKING'],
  ['AI_RESPONSE_SENT', 'CONVERSATION'],
  ['CONVERSATION_ESCALATED', 'CONVERSATION'],
  ['ENRICHMENT_COMPLETED', 'SYSTEM'],
] as const;

test('ten tabs with ten filters share one connection and each gets exactly its own; when the tab that holds it closes, another takes over', async ({
  browserOf,
  workspace,
  liveProxy,
}) => {
  const browser = await browserOf('admin', { workspaceId: workspace.id, baseURL: liveProxy.url });
  const tabs = await Promise.all(
    TYPES.map(async ([type]) => {
      const page = await browser.newPage();
      await page.goto(`${FEED}?type=${type}`);
      return { type, page };
    }),
  );
  for (const { page } of tabs) await isLive(page);
  await expect.poll(() => liveProxy.open).toBe(1);

  const logRound = async (round: number) => {
    const events = TYPES.map(([eventType, eventCategory]) => ({
      eventType,
      eventCategory,
      leadAirtableId: 'recTenTabs',
      description: `round ${round} of ${eventType}.`,
    }));
    await workspace.logMany(events.toSorted(() => Math.random() - 0.5));
  };
  const expectRounds = async (rounds: readonly number[], open: typeof tabs) => {
    for (const { type, page } of open) {
      const texts = rounds.toReversed().map((round) => new RegExp(`round ${round} of ${type}\\.`));
      await expect(feedRows(page), type).toHaveText(texts);
    }
  };
  await logRound(1);
  await expectRounds([1], tabs);
  expect(liveProxy.open).toBe(1);

  // One after the other is closed, so that the one that holds the connection is among them, whichever it is.
  const open = [...tabs];
  for (let round = 2; round <= 5; round += 1) {
    await open.shift()?.page.close();
    await logRound(round);
    await expectRounds(
      Array.from({ length: round }, (_, index) => index + 1),
      open,
    );
  }
  await expect.poll(() => liveProxy.open).toBe(1);
});

test('a timeline and a feed in the same browser share the connection, and each goes when its tab does', async ({
  browserOf,
  workspace,
  liveProxy,
}) => {
  const leadId = await workspace.upsertLead();
  const browser = await browserOf('admin', { workspaceId: workspace.id, baseURL: liveProxy.url });
  const [feed, timeline] = [await browser.newPage(), await browser.newPage()];
  await feed.goto(FEED);
  await timeline.goto(`/leads/${leadId}?tab=activity`);
  await Promise.all([isLive(feed), isLive(timeline)]);
  await expect.poll(() => liveProxy.open).toBe(1);
  await workspace.log({ leadId, description: 'to both of them' });
  await expect(feedRows(feed).first()).toContainText('to both of them');
  await expect(timelineRows(timeline).first()).toContainText('to both of them');
  await feed.close();
  await workspace.log({ leadId, description: 'to the one that is left' });
  await expect(timelineRows(timeline).first()).toContainText('to the one that is left');
  await timeline.close();
  await expect.poll(() => liveProxy.open).toBe(0);
});

test('when the stream is cut the page asks every 30 seconds, and is live again as soon as it can', async ({
  browserOf,
  workspace,
  liveProxy,
  problems,
}) => {
  problems.expect(/ERR_|Failed to load resource/);
  const browser = await browserOf('admin', { workspaceId: workspace.id, baseURL: liveProxy.url });
  const page = await browser.newPage();
  await page.clock.install();
  await page.goto(FEED);
  await isLive(page);
  await workspace.log({ leadAirtableId: 'recCut', description: 'by the stream' });
  await expect(feedRows(page)).toHaveText([/by the stream/]);

  liveProxy.cut();
  await expect(async () => {
    await page.clock.fastForward(2_000);
    await expect(liveLight(page)).toHaveText('Stream cut', { timeout: 500 });
  }).toPass();
  await workspace.log({ leadAirtableId: 'recCut', description: 'while it was cut' });
  await page.clock.fastForward(HALF_A_MINUTE);
  await expect(feedRows(page)).toHaveText([/while it was cut/, /by the stream/]);

  liveProxy.mend();
  await expect(async () => {
    await page.clock.fastForward(HALF_A_MINUTE);
    await expect(liveLight(page)).toHaveText('Live', { timeout: 500 });
  }).toPass();
  await workspace.log({ leadAirtableId: 'recCut', description: 'by the stream again' });
  await expect(feedRows(page)).toHaveText([/by the stream again/, /while it was cut/, /by the stream/]);
});

test('a connection that breaks for a moment costs nothing: what came meanwhile is there, once', async ({
  browserOf,
  workspace,
  liveProxy,
  problems,
}) => {
  problems.expect(/ERR_|Failed to load resource/);
  const browser = await browserOf('admin', { workspaceId: workspace.id, baseURL: liveProxy.url });
  const page = await browser.newPage();
  await page.goto(FEED);
  await isLive(page);
  await workspace.log({ leadAirtableId: 'recBreak', description: 'before' });
  await expect(feedRows(page)).toHaveText([/before/]);
  liveProxy.cut();
  await workspace.log({ leadAirtableId: 'recBreak', description: 'meanwhile' });
  liveProxy.mend();
  await expect(feedRows(page)).toHaveText([/meanwhile/, /before/]);
  await isLive(page);
  await workspace.log({ leadAirtableId: 'recBreak', description: 'after' });
  await expect(feedRows(page)).toHaveText([/after/, /meanwhile/, /before/]);
  expect(liveProxy.open).toBe(1);
  expect(liveProxy.opened).toBeGreaterThan(1);
});

test('a feed that is open while the server restarts goes on, and shows what was posted since exactly once', async ({
  browser,
  problems,
}) => {
  problems.expect(/ERR_|Failed to load resource|status of 50\d/);
  const app = await startOwnApp();
  try {
    const context = await app.signedIn(browser);
    problems.watch(context);
    const page = await context.newPage();
    await page.goto(FEED);
    await isLive(page);
    for (let index = 1; index <= 3; index += 1) await app.log(`before ${index}`);
    await expect(feedRows(page)).toHaveText([/before 3/, /before 2/, /before 1/]);

    await app.restart('SIGKILL');
    for (let index = 1; index <= 3; index += 1) await app.log(`after ${index}`);
    await expect(feedRows(page)).toHaveText([/after 3/, /after 2/, /after 1/, /before 3/, /before 2/, /before 1/], {
      timeout: 20_000,
    });
    await isLive(page);
    await app.restart('SIGTERM');
    await app.log('after the second restart');
    await expect(feedRows(page).first()).toContainText('after the second restart', { timeout: 20_000 });
    await expect(feedRows(page)).toHaveCount(7);
    await context.close();
  } finally {
    await app.remove();
  }
});

test('what a proxy in between counts is what the server has: the count is to be trusted', async ({ world }) => {
  const proxy = await createLiveProxy(world.url);
  const abort = new AbortController();
  const headers = { 'x-api-key': world.serviceKey };
  await Promise.all([1, 2, 3].map(() => fetch(`${proxy.url}/api/stream`, { headers, signal: abort.signal })));
  expect(proxy.open).toBe(3);
  abort.abort();
  await expect.poll(() => proxy.open).toBe(0);
  await proxy.close();
});
