import { feedRows, isLive, liveLight, placeOf, timelineRows, withoutReload } from './fixtures/pages.ts';
import { expect, test } from './fixtures/test.ts';

const FEED = '/admin/activity-logs';

test('an event posted over REST appears in the open feed and in the open timeline of its lead, without a reload', async ({
  openAs,
  workspace,
}) => {
  const leadId = await workspace.upsertLead({ firstName: 'Grace', lastName: 'Hopper' });
  const { id: workspaceId } = workspace;
  const [feed, timeline] = await Promise.all([
    openAs('admin', FEED, { workspaceId }),
    openAs('pm', `/leads/${leadId}?tab=activity`, { workspaceId }),
  ]);
  await Promise.all([isLive(feed), isLive(timeline)]);

  await withoutReload(feed, () =>
    withoutReload(timeline, async () => {
      await workspace.log({ leadId, description: 'SMS sent to Grace', messageContent: 'Hey Grace, saw your form' });
      for (const rows of [feedRows(feed), timelineRows(timeline)]) {
        const row = rows.filter({ hasText: 'Hey Grace, saw your form' });
        await expect(row).toBeVisible();
        await expect(row).toContainText('Message sent');
      }
    }),
  );
  await expect(feedRows(feed).first()).toContainText('Grace Hopper');
});

test('a row opens to its full metadata, and its execution id can be copied', async ({ openAs, workspace }) => {
  const leadId = await workspace.upsertLead();
  const page = await openAs('admin', FEED, { workspaceId: workspace.id });
  await isLive(page);
  await workspace.log({
    leadId,
    description: 'SMS sent',
    executionId: '28973',
    metadata: { campaign_id: 'chatgpt_use_cases', step: 2, nested: { deep: ['value in the depth'] } },
  });
  const row = feedRows(page).filter({ hasText: 'SMS sent' });
  await row.getByRole('button', { name: 'Show details of Message sent' }).click();
  const metadata = row.getByRole('region', { name: 'Metadata of Message sent' });
  await expect(metadata).toContainText('"campaign_id": "chatgpt_use_cases"');
  await expect(metadata).toContainText('"step": 2');
  await expect(metadata).toContainText('"value in the depth"');

  await row.getByRole('button', { name: 'Copy execution id' }).first().click();
  await expect(row.getByRole('button', { name: 'Copied execution id' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('28973');

  await row.getByRole('button', { name: 'Hide details of Message sent' }).click();
  await expect(metadata).toBeHidden();
});

test('while somebody reads further down nothing moves: new rows wait behind a pill', async ({ openAs, workspace }) => {
  const leadId = await workspace.upsertLead();
  await workspace.logMany(Array.from({ length: 45 }, (_, index) => ({ leadId, description: `earlier ${index}` })));
  const page = await openAs('admin', FEED, { workspaceId: workspace.id });
  await isLive(page);
  await expect(feedRows(page)).toHaveCount(46);

  const read = feedRows(page).nth(20);
  await read.scrollIntoViewIfNeeded();
  await page.mouse.wheel(0, 200);
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(200);
  const before = await placeOf(read);
  for (let index = 1; index <= 5; index += 1) await workspace.log({ leadId, description: `while reading ${index}` });

  const pill = page.getByRole('button', { name: '5 new' });
  await expect(pill).toBeInViewport();
  await expect(feedRows(page).filter({ hasText: 'while reading' })).toHaveCount(0);
  expect(await placeOf(read)).toEqual(before);

  await pill.click();
  await expect(pill).toBeHidden();
  await expect(feedRows(page).filter({ hasText: 'while reading' })).toHaveText([
    /while reading 5/,
    /while reading 4/,
    /while reading 3/,
    /while reading 2/,
    /while reading 1/,
  ]);
  await expect(feedRows(page).first()).toBeInViewport();
});

test('a timeline holds still in the same way', async ({ openAs, workspace }) => {
  const leadId = await workspace.upsertLead();
  await workspace.logMany(Array.from({ length: 45 }, (_, index) => ({ leadId, description: `earlier ${index}` })));
  const page = await openAs('pm', `/leads/${leadId}?tab=activity`, { workspaceId: workspace.id });
  await isLive(page);
  const read = timelineRows(page).nth(20);
  await read.scrollIntoViewIfNeeded();
  await page.mouse.wheel(0, 200);
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(200);
  const before = await placeOf(read);
  await workspace.log({ leadId, description: 'while reading' });
  await expect(page.getByRole('button', { name: '1 new' })).toBeInViewport();
  expect(await placeOf(read)).toEqual(before);
  await page.getByRole('button', { name: '1 new' }).click();
  await expect(timelineRows(page).first()).toContainText('while reading');
});

test('an opened row stays where it is while others arrive', async ({ openAs, workspace }) => {
  const leadId = await workspace.upsertLead();
  await workspace.log({ leadId, description: 'the one that is read' });
  const page = await openAs('admin', FEED, { workspaceId: workspace.id });
  await isLive(page);
  const read = feedRows(page).filter({ hasText: 'the one that is read' });
  await read.getByRole('button', { name: /Show details/ }).click();
  const before = await placeOf(read);
  await workspace.log({ leadId, description: 'another one' });
  await expect(page.getByRole('button', { name: '1 new' })).toBeVisible();
  expect(await placeOf(read)).toEqual(before);
  await read.getByRole('button', { name: /Hide details/ }).click();
  await page.getByRole('heading', { level: 1 }).click();
  await expect(feedRows(page).first()).toContainText('another one');
});

test('many arrivals make one toast, not many', async ({ openAs, workspace }) => {
  const leadId = await workspace.upsertLead();
  await workspace.logMany(Array.from({ length: 45 }, (_, index) => ({ leadId, description: `earlier ${index}` })));
  const page = await openAs('admin', FEED, { workspaceId: workspace.id });
  await isLive(page);
  await feedRows(page).nth(30).scrollIntoViewIfNeeded();
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(100);

  for (let index = 0; index < 4; index += 1) {
    await workspace.logMany([1, 2, 3].map((part) => ({ leadId, description: `burst ${index}.${part}` })));
  }
  const toasts = page.getByRole('alert').filter({ hasText: /new activit/ });
  await expect(toasts).toHaveText(['12 new activities']);
  await workspace.log({ leadId, description: 'soon after' });
  await expect(page.getByRole('button', { name: '13 new' })).toBeVisible();
  expect(await toasts.allTextContents()).not.toContain('13 new activities');
  await expect(toasts).toHaveCount(0);
});

test('a paused feed stands still, counts what it holds, and goes on where it was', async ({ openAs, workspace }) => {
  const leadId = await workspace.upsertLead();
  await workspace.log({ leadId, description: 'before the pause' });
  const page = await openAs('admin', FEED, { workspaceId: workspace.id });
  await isLive(page);
  await page.getByRole('switch', { name: 'Live' }).uncheck({ force: true });
  await expect(liveLight(page)).toHaveText('Paused');
  for (let index = 1; index <= 3; index += 1) await workspace.log({ leadId, description: `held ${index}` });
  await expect(page.getByRole('button', { name: '3 new' })).toBeVisible();
  await expect(feedRows(page).first()).toContainText('before the pause');

  await page.getByRole('switch', { name: 'Live' }).check({ force: true });
  await isLive(page);
  await expect(feedRows(page).filter({ hasText: 'held' })).toHaveText([/held 3/, /held 2/, /held 1/]);
  await workspace.log({ leadId, description: 'after the pause' });
  await expect(feedRows(page).first()).toContainText('after the pause');
});

test('an event that names a lead nobody knows yet gets its name when the lead appears, everywhere and at once', async ({
  openAs,
  workspace,
}) => {
  const airtableRecordId = 'recLateLead0000001';
  const page = await openAs('admin', FEED, { workspaceId: workspace.id });
  await isLive(page);
  await workspace.log({ leadAirtableId: airtableRecordId, description: 'came before its lead' });
  const row = feedRows(page).filter({ hasText: 'came before its lead' });
  await expect(row).toContainText(`airtable:${airtableRecordId}`);
  await expect(row.getByRole('link')).toHaveCount(0);

  await withoutReload(page, async () => {
    const leadId = await workspace.upsertLead({ airtableRecordId, firstName: 'Late', lastName: 'Arrival' });
    await expect(row.getByRole('link', { name: 'Late Arrival' })).toHaveAttribute('href', new RegExp(leadId));
  });
  await row.getByRole('link', { name: 'Late Arrival' }).click();
  await expect(timelineRows(page).filter({ hasText: 'came before its lead' })).toBeVisible();
});

test('an open timeline takes in what came under a key that turns out to be its lead’s', async ({
  openAs,
  workspace,
}) => {
  const email = 'known.by.mail@example.test';
  const leadId = await workspace.upsertLead({ email });
  const page = await openAs('pm', `/leads/${leadId}?tab=activity`, { workspaceId: workspace.id });
  await isLive(page);
  const airtableRecordId = 'recLateKey00000002';
  await workspace.log({ leadAirtableId: airtableRecordId, description: 'under a key of its own' });
  await workspace.log({ leadId, description: 'under its id' });
  await expect(timelineRows(page).filter({ hasText: 'under its id' })).toBeVisible();
  await expect(timelineRows(page).filter({ hasText: 'under a key of its own' })).toHaveCount(0);

  await withoutReload(page, async () => {
    expect(await workspace.upsertLead({ airtableRecordId, email })).toBe(leadId);
    await expect(timelineRows(page).filter({ hasText: 'under a key of its own' })).toBeVisible();
  });
});
