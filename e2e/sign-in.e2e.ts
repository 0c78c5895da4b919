import type { Page } from '@playwright/test';
import { expect, test } from './fixtures/test.ts';
import type { SignedIn } from './fixtures/world.ts';

async function signIn(page: Page, { email }: Pick<SignedIn, 'email'>, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('a wrong password is answered with one sentence, the right one leads home', async ({ page, world, problems }) => {
  problems.expect(/status of 401/);
  const { admin } = world.people;
  await page.goto('/');
  await expect(page).toHaveURL('/sign-in');
  await signIn(page, admin, 'not the password');
  await expect(page.getByRole('alert').filter({ hasText: /./ })).toHaveText(
    'The e-mail address or the password is wrong.',
  );
  await expect(page).toHaveURL('/sign-in');

  await signIn(page, admin, admin.password);
  await expect(page).toHaveURL('/');
  await expect(page.getByRole('button', { name: 'Signed in as Ada Admin' })).toBeVisible();
});

test('an address that nobody has gets the same sentence as a wrong password', async ({ page, problems }) => {
  problems.expect(/status of 401/);
  await page.goto('/sign-in');
  await signIn(page, { email: 'nobody@example.test' }, 'some password');
  await expect(page.getByRole('alert').filter({ hasText: /./ })).toHaveText(
    'The e-mail address or the password is wrong.',
  );
});

test('an empty form says what is missing and asks the server nothing', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => request.url().includes('/api/auth/') && asked.push(request.url()));
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('Write an e-mail address, such as name@example.com')).toBeVisible();
  await expect(page.getByText('Write your password')).toBeVisible();
  expect(asked).toEqual([]);
});

test('after signing in one is where one wanted to go', async ({ page, world }) => {
  const { admin } = world.people;
  await page.goto('/leads?q=smith');
  await expect(page).toHaveURL(`/sign-in?next=${encodeURIComponent('/leads?q=smith')}`);
  await signIn(page, admin, admin.password);
  await expect(page).toHaveURL('/leads?q=smith');
});

for (const next of ['https://evil.example/', '//evil.example/', '/\\evil.example/', 'javascript:alert(1)']) {
  test(`signing in never leads to another site: ${next}`, async ({ page, world }) => {
    const { admin } = world.people;
    await page.goto(`/sign-in?${new URLSearchParams({ next })}`);
    await signIn(page, admin, admin.password);
    await expect(page).toHaveURL('/');
    await expect(page.getByRole('button', { name: 'Signed in as Ada Admin' })).toBeVisible();
  });
}

test('the session survives a reload and ends with signing out, in every tab', async ({
  page,
  context,
  world,
  problems,
}) => {
  problems.expect(/status of 401/);
  const { admin } = world.people;
  await page.goto('/sign-in');
  await signIn(page, admin, admin.password);
  await expect(page).toHaveURL('/');
  await page.reload();
  await expect(page).toHaveURL('/');
  const other = await context.newPage();
  await other.goto('/leads');
  await expect(other.getByRole('heading', { name: 'Leads', level: 1 })).toBeVisible();

  await page.getByRole('button', { name: 'Signed in as Ada Admin' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/sign-in');
  await page.goto('/admin/activity-logs');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  // An open page notices by itself, and says why one is there.
  await expect(other).toHaveURL(/\/sign-in\?next=%2Fleads&reason=ended/);
  await expect(other.getByText('You were signed out')).toBeVisible();
});

test('the session is in a cookie that scripts cannot read', async ({ page, context, world }) => {
  const { admin } = world.people;
  await page.goto('/sign-in');
  await signIn(page, admin, admin.password);
  await expect(page).toHaveURL('/');
  const [session] = (await context.cookies()).filter(({ name }) => name.includes('session'));
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
  expect(await page.evaluate(() => document.cookie)).not.toContain('session');
});
