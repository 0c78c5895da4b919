import type { Page } from '@playwright/test';
import { createApi, signIn } from './fixtures/api.ts';
import { expect, test } from './fixtures/test.ts';
import type { TestWorkspace } from './fixtures/workspace.ts';
import type { World } from './fixtures/world.ts';

interface Newcomer {
  readonly email: string;
  readonly oneTime: string;
}

async function addNewcomer(workspace: TestWorkspace): Promise<Newcomer> {
  const email = `newcomer.${workspace.id.slice(-6)}@example.test`;
  const { oneTimePassword } = await workspace.api.members.create.mutate({
    email,
    name: 'Nell Newcomer',
    role: 'ADMIN',
  });
  return { email, oneTime: oneTimePassword ?? '' };
}

async function signInAt(page: Page, path: string, { email }: Newcomer, password: string): Promise<void> {
  await page.goto(path);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const heading = (page: Page) => page.getByRole('heading', { name: 'Choose your password', level: 1 });
const me = (page: Page) => page.getByRole('button', { name: 'Signed in as Nell Newcomer' });

async function choose(page: Page, password: string, repeated = password): Promise<void> {
  await page.getByLabel('New password', { exact: true }).fill(password);
  await page.getByLabel('Repeat the new password').fill(repeated);
  await page.getByRole('button', { name: 'Save and go on' }).click();
}

test('who signs in with a one-time password chooses another, and is then where he wanted to go', async ({
  page,
  workspace,
}) => {
  const newcomer = await addNewcomer(workspace);
  await signInAt(page, '/leads?q=smith', newcomer, newcomer.oneTime);
  await expect(heading(page)).toBeVisible();
  await expect(page).toHaveURL(`/choose-password?next=${encodeURIComponent('/leads?q=smith')}`);
  await expect(page.getByText('From 8 to 128 characters')).toBeVisible();
  await expect(page.getByLabel('One-time password')).toHaveCount(0);

  const asked: string[] = [];
  page.on('request', (request) => request.url().includes('/api/auth/') && asked.push(request.url()));
  await choose(page, 'short');
  await expect(page.getByText('From 8 to 128 characters')).toHaveCount(2);
  await choose(page, newcomer.oneTime);
  await expect(page.getByText('Choose another one than the one-time password')).toBeVisible();
  await choose(page, 'a password of my own', 'a password of my won');
  await expect(page.getByText('This is not the same password')).toBeVisible();
  expect(asked).toEqual([]);

  await choose(page, 'a password of my own');
  await expect(page).toHaveURL('/leads?q=smith');
  await expect(me(page)).toBeVisible();
  await page.goto('/choose-password?next=/campaigns');
  await expect(page).toHaveURL('/campaigns');
});

test('every other address leads to the choice, and signing out is possible', async ({
  page,
  workspace,
  world,
  problems,
}) => {
  problems.expect(/status of 40[01]/);
  const newcomer = await addNewcomer(workspace);
  await signInAt(page, '/sign-in', newcomer, newcomer.oneTime);
  await expect(page).toHaveURL('/choose-password');
  for (const path of [
    '/',
    '/leads',
    '/admin/members',
    '/admin/activity-logs?range=all',
    '/sign-in',
    '/sign-in?next=/leads',
  ]) {
    await page.goto(path);
    await expect(heading(page)).toBeVisible();
  }
  const answer = await page.request.get('/api/admin/activity-logs');
  expect([answer.status(), await answer.json()]).toEqual([
    403,
    expect.objectContaining({ code: 'PASSWORD_CHANGE_REQUIRED' }),
  ]);

  // Loaded anew, the page has forgotten what was typed at the sign-in.
  await choose(page, 'a password of my own');
  await expect(page.getByText('Write the one-time password that you were given')).toBeVisible();
  await page.getByLabel('One-time password').fill('not this one');
  await page.getByRole('button', { name: 'Save and go on' }).click();
  await expect(page.getByRole('alert').filter({ hasText: /password/i })).toBeVisible();

  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/sign-in');
  await page.goto('/choose-password?next=/leads');
  await expect(page).toHaveURL('/sign-in?next=%2Fleads');

  await signInAt(page, '/sign-in?next=/leads', newcomer, newcomer.oneTime);
  await expect(heading(page)).toBeVisible();
  await page.reload();
  await page.getByLabel('One-time password').fill(newcomer.oneTime);
  await choose(page, 'a password of my own');
  await expect(page).toHaveURL('/leads');
  await expect(signIn(world.url, newcomer.email, newcomer.oneTime)).rejects.toThrow(/401/);
});

test('by keyboard alone, on a phone', async ({ page, workspace }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const newcomer = await addNewcomer(workspace);
  await page.goto('/sign-in');
  await page.keyboard.type(newcomer.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(newcomer.oneTime);
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('New password', { exact: true })).toBeFocused();
  await page.keyboard.type('a password of my own');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('Repeat the new password')).toBeFocused();
  await page.keyboard.type('a password of my own');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/');
  await expect(me(page)).toBeVisible();
});

test('a page that is open when the password is reset leads to the choice of a new one', async ({
  context,
  page,
  workspace,
  world,
  problems,
}) => {
  problems.expect(/status of 40[013]/);
  const newcomer = await addNewcomer(workspace);
  await signInAt(page, '/admin/members', newcomer, newcomer.oneTime);
  await choose(page, 'a password of my own');
  await expect(page).toHaveURL('/admin/members');
  await page.getByRole('button', { name: 'Add member' }).first().click();
  await page.getByRole('dialog').getByLabel('Name').fill('Half written');

  const { oneTimePassword } = await reset(workspace, world, newcomer);
  await comeBackTo(page);
  await expect(page.getByText('You are signed out.')).toBeVisible();
  const other = await context.newPage();
  await signInAt(other, '/sign-in', newcomer, oneTimePassword);
  await expect(heading(other)).toBeVisible();
  // What was being written is not thrown away by that.
  await comeBackTo(page);
  await expect(page.getByText('Choose your password first')).toBeVisible();
  await expect(page.getByRole('dialog').getByLabel('Name')).toHaveValue('Half written');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Leads', exact: true }).click();
  await expect(heading(page)).toBeVisible();
});

/** A page looks at its session anew when somebody comes back to its tab. */
async function comeBackTo(page: Page): Promise<void> {
  await page.bringToFront();
  await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
}

async function reset(workspace: TestWorkspace, { url, people }: World, { email }: Newcomer) {
  const api = createApi({ url, cookie: people.superAdmin.cookie, workspaceId: workspace.id });
  const member = (await api.members.list.query()).find((one) => one.email === email);
  return api.members.resetPassword.mutate({ userId: member?.userId ?? '' });
}
