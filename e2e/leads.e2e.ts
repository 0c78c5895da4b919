import type { Page } from '@playwright/test';
import { chooseFilter, isLive, range, timelineRows, withoutReload } from './fixtures/pages.ts';
import { expect, test } from './fixtures/test.ts';

function names(page: Page) {
  return page.getByRole('table').getByRole('row').getByRole('link');
}

test('the list finds leads by name, e-mail, phone and company, however the number is written', async ({
  openAs,
  workspace,
}) => {
  await workspace.upsertLead({ firstName: 'Ada', lastName: 'Lovelace', company: 'Analytical Engines', score: 90 });
  await workspace.upsertLead({ firstName: 'Bob', email: 'bob@builders.test', phone: '+1 (408) 555-0142' });
  await workspace.upsertLead({ firstName: 'Cy', lastName: 'Young', status: 'Booked' });
  const page = await openAs('pm', '/leads', { workspaceId: workspace.id });
  await expect(names(page)).toHaveCount(3);
  const search = page.getByRole('searchbox', { name: 'Search leads' });
  for (const [words, found] of [
    ['love', ['Ada Lovelace']],
    ['engines', ['Ada Lovelace']],
    ['builders.test', ['Bob']],
    ['408.555.0142', ['Bob']],
    ['young cy', ['Cy Young']],
    ['nobody at all', []],
  ] as const) {
    await search.fill(words);
    await search.press('Enter');
    await expect(names(page), words).toHaveText([...found]);
  }
  await expect(page.getByText('No lead matches')).toBeVisible();
  await page.getByRole('search').getByRole('button', { name: 'Reset filters' }).click();
  await expect(names(page)).toHaveCount(3);
  await chooseFilter(page, 'Status', 'Booked');
  await expect(names(page)).toHaveText(['Cy Young']);
});

test('the list sorts by its columns and pages through all leads', async ({ openAs, workspace }) => {
  const leads = Array.from({ length: 60 }, (_, index) => `Lead ${String(index).padStart(2, '0')}`);
  await workspace.upsertLeads(leads.map((firstName, index) => ({ firstName, score: index })));
  const page = await openAs('pm', '/leads', { workspaceId: workspace.id });
  await page.getByRole('button', { name: 'Lead', exact: true }).click();
  await expect(names(page).first()).toHaveText('Lead 00');
  await expect(range(page, 'leads')).toHaveText('Showing 1–50 of 60');
  await page.getByRole('button', { name: 'Next page' }).click();
  await expect(names(page)).toHaveText(leads.slice(50));
  await page.getByRole('button', { name: 'Score' }).click();
  await expect(names(page).first()).toHaveText('Lead 59');
  await page.getByRole('button', { name: 'Score' }).click();
  await expect(names(page).first()).toHaveText('Lead 00');
  await page.reload();
  await expect(names(page).first()).toHaveText('Lead 00');
  await names(page).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Lead 00');
});

test('what one person does to a lead appears at once in the Activity tab that another has open', async ({
  openAs,
  workspace,
}) => {
  const leadId = await workspace.upsertLead({ firstName: 'Grace', lastName: 'Hopper' });
  await workspace.api.campaigns.create.mutate({ name: 'Problem Mapping', steps: 3 });
  const { id: workspaceId } = workspace;
  const [watching, acting] = await Promise.all([
    openAs('admin', `/leads/${leadId}?tab=activity`, { workspaceId }),
    openAs('pm', `/leads/${leadId}`, { workspaceId }),
  ]);
  await isLive(watching);
  const newest = timelineRows(watching).first();

  await withoutReload(watching, async () => {
    await acting.getByRole('button', { name: 'Enrol' }).click();
    await acting.getByRole('menuitem', { name: 'Problem Mapping' }).click();
    await expect(newest).toContainText('Enrolled in campaign');

    await acting.getByRole('button', { name: 'Remove from Problem Mapping' }).click();
    await expect(newest).toContainText('Removed from campaign');

    await acting.getByRole('button', { name: 'Change status' }).click();
    await acting.getByRole('menuitem', { name: 'Qualified' }).click();
    await expect(newest).toContainText('Status changed');
    await expect(newest).toContainText('from New to Qualified');

    await acting.getByRole('button', { name: 'Add note' }).click();
    const note = acting.getByRole('dialog', { name: 'Note about Grace Hopper' });
    await note.getByRole('textbox', { name: 'Note' }).fill('Prefers to be called in the morning');
    await note.getByRole('button', { name: 'Add note' }).click();
    await expect(newest).toContainText('Note added');
    await expect(newest).toContainText('Prefers to be called in the morning');

    await acting.getByRole('button', { name: 'Claim' }).click();
    await expect(newest).toContainText('Lead claimed');
    await expect(watching.getByText('Owned by Paul Manager').first()).toBeVisible();
  });
  await newest.getByRole('button', { name: /Show details/ }).click();
  await expect(newest).toContainText('Paul Manager');
});

test('a change can be taken back for a while, and both stand in the history', async ({ openAs, workspace }) => {
  const leadId = await workspace.upsertLead({ firstName: 'Grace' });
  const page = await openAs('pm', `/leads/${leadId}?tab=activity`, { workspaceId: workspace.id });
  await isLive(page);
  await page.getByRole('button', { name: 'Change status' }).click();
  await page.getByRole('menuitem', { name: 'Booked' }).click();
  await expect(timelineRows(page).first()).toContainText('from New to Booked');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(timelineRows(page).first()).toContainText('from Booked to New');
  await expect(timelineRows(page).nth(1)).toContainText('from New to Booked');
});

test('who claims a lead that somebody claimed a moment before is told so', async ({ openAs, workspace, problems }) => {
  problems.expect(/status of 409/);
  const leadId = await workspace.upsertLead({ firstName: 'Wanted' });
  const { id: workspaceId } = workspace;
  const late = await openAs('pm', `/leads/${leadId}?tab=notes`, { workspaceId });
  const claim = late.getByRole('button', { name: 'Claim' });
  await expect(claim).toBeVisible();
  // Hold back what the page would learn by itself, so that it acts on what it knew.
  await late.route(/leads\.byId/, () => undefined);
  await workspace.api.leads.claim.mutate({ leadId });
  await claim.click();
  await expect(late.getByRole('alert').filter({ hasText: 'Not claimed' })).toContainText(/Administrator|claimed/);
});

test('an archived lead keeps its history and can be brought back', async ({ openAs, workspace }) => {
  const leadId = await workspace.upsertLead({ firstName: 'Dormant' });
  const page = await openAs('pm', `/leads/${leadId}`, { workspaceId: workspace.id });
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Archive lead' }).click();
  await expect(page.getByText('This lead is archived.')).toBeVisible();
  await page.goto('/leads');
  await expect(page.getByText('No leads yet')).toBeVisible();
  await page.getByRole('checkbox', { name: 'Archived' }).check();
  await names(page).click();
  await page.getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByRole('button', { name: 'Add note' })).toBeVisible();
});
