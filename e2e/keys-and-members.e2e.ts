import { openEventStream } from '../src/testing/event-stream.ts';
import { createApi } from './fixtures/api.ts';
import { expect, test } from './fixtures/test.ts';

function logWith(url: string, key: string, description: string): Promise<Response> {
  return fetch(`${url}/api/internal/log-activity`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: JSON.stringify({
      eventType: 'MESSAGE_SENT',
      eventCategory: 'SMS',
      leadAirtableId: 'recKeyTest',
      description,
      source: 'n8n:keys',
    }),
  });
}

test('a service key is shown once, works at once, can be replaced, and is dead the moment it is revoked', async ({
  openAs,
  workspace,
  world,
}) => {
  const page = await openAs('admin', '/admin/keys', { workspaceId: workspace.id });
  await page.getByRole('button', { name: 'Create key' }).first().click();
  const form = page.getByRole('dialog', { name: 'Create service key' });
  await form.getByLabel('Name').fill('n8n scheduler');
  const scopes = form.getByRole('group', { name: 'It may' });
  for (const box of await scopes.getByRole('checkbox').all()) await box.check();
  await form.getByRole('button', { name: 'Create key' }).click();
  const shown = page.getByRole('dialog', { name: 'n8n scheduler' });
  const secret = (await shown.getByTestId('secret').textContent()) ?? '';
  expect(secret.length).toBeGreaterThan(20);
  await shown.getByRole('button', { name: 'I have kept it' }).click();
  await expect(page.getByText(secret)).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole('row', { name: /n8n scheduler/ })).toBeVisible();
  expect(await page.content()).not.toContain(secret);
  expect((await logWith(world.url, secret, 'with the new key')).status).toBe(201);

  await page.getByRole('button', { name: 'Rotate n8n scheduler' }).click();
  await page.getByRole('dialog', { name: 'Rotate n8n scheduler' }).getByRole('button', { name: 'Rotate key' }).click();
  const replaced = page.getByRole('dialog', { name: 'n8n scheduler' });
  const second = (await replaced.getByTestId('secret').textContent()) ?? '';
  await replaced.getByRole('button', { name: 'I have kept it' }).click();
  expect(second).not.toBe(secret);
  expect((await logWith(world.url, secret, 'the old one still works')).status).toBe(201);
  expect((await logWith(world.url, second, 'and the new one')).status).toBe(201);

  const stream = openEventStream(() => `${world.url}/api/stream`, { headers: { 'x-api-key': second } });
  await stream.connected();
  const rows = page.getByRole('row', { name: /n8n scheduler/ });
  await rows.filter({ hasText: 'Active' }).getByRole('button', { name: 'Revoke n8n scheduler' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke key' }).click();
  await expect(rows.filter({ hasText: 'Revoked' })).toHaveCount(1);
  // Its stream was closed, came back as an EventSource does, and was refused.
  expect(await stream.refused).toBe(401);
  expect((await logWith(world.url, second, 'too late')).status).toBe(401);
});

test('a key does what its scopes say and nothing else', async ({ workspace, world }) => {
  const { secret } = await workspace.api.keys.create.mutate({ name: 'writer', scopes: ['activity:write'] });
  expect((await logWith(world.url, secret, 'may write')).status).toBe(201);
  const headers = { 'x-api-key': secret };
  for (const path of ['/api/admin/activity-logs', '/api/stream', '/api/leads']) {
    const answer = await fetch(world.url + path, { headers });
    expect([path, answer.status]).toEqual([path, 403]);
    await answer.body?.cancel();
  }
});

test('a new member signs in with the password that was shown once, and chooses another', async ({
  openAs,
  workspace,
  page,
  problems,
}) => {
  const admin = await openAs('admin', '/admin/members', { workspaceId: workspace.id });
  await admin.getByRole('button', { name: 'Add member' }).first().click();
  const form = admin.getByRole('dialog', { name: 'Add member' });
  const email = `new.${workspace.id.slice(-6)}@example.test`;
  await form.getByLabel('Name').fill('Nora New');
  await form.getByLabel('E-mail').fill(email);
  await form.getByRole('button', { name: 'Add member' }).click();
  const shown = admin.getByRole('dialog', { name: 'Password of Nora New' });
  const password = (await shown.getByTestId('secret').textContent()) ?? '';
  await shown.getByRole('button', { name: 'I have kept it' }).click();
  await expect(admin.getByRole('row', { name: /Nora New/ })).toContainText(email);

  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  const chosen = 'a password of my own';
  await page.getByLabel('New password', { exact: true }).fill(chosen);
  await page.getByLabel('Repeat the new password').fill(chosen);
  await page.getByRole('button', { name: 'Save and go on' }).click();
  await expect(page.getByRole('button', { name: 'Signed in as Nora New' })).toBeVisible();
  await expect(page.getByRole('button', { name: `Workspace ${workspace.name}` })).toBeVisible();

  const setDisabled = async (action: 'Disable account' | 'Enable account') => {
    await admin.getByRole('button', { name: 'Actions for Nora New' }).click();
    await admin.getByRole('menuitem', { name: action }).click();
    await admin
      .getByRole('dialog', { name: /Nora New/ })
      .getByRole('button', { name: action })
      .click();
  };
  const signIn = async () => {
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(chosen);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  problems.expect(/status of 401.*sign-in\/email/);
  await setDisabled('Disable account');
  await expect(admin.getByRole('row', { name: /Nora New/ })).toContainText('Disabled');
  await page.reload();
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn();
  await expect(page.getByText('The e-mail address or the password is wrong.')).toBeVisible();
  await setDisabled('Enable account');
  await expect(admin.getByRole('row', { name: /Nora New/ })).not.toContainText('Disabled');
  await signIn();
  await expect(page.getByRole('button', { name: 'Signed in as Nora New' })).toBeVisible();

  await admin.getByRole('button', { name: 'Actions for Nora New' }).click();
  await admin.getByRole('menuitem', { name: 'Remove from workspace' }).click();
  await admin.getByRole('dialog', { name: 'Remove Nora New?' }).getByRole('button', { name: 'Remove' }).click();
  await expect(admin.getByRole('row', { name: /Nora New/ })).toHaveCount(0);
  await page.reload();
  await expect(page).toHaveURL(/\/sign-in/);
});

test('on a phone the members are read and changed without scrolling sideways', async ({ openAs, workspace }) => {
  const email = `${'long.address.'.repeat(4)}${workspace.id.slice(-6)}@example.test`;
  await workspace.api.members.create.mutate({ email, name: 'Maximiliane von und zu Hohenlohe-Langenburg', role: 'PM' });
  const viewport = { width: 390, height: 844 };
  const page = await openAs('admin', '/admin/members', { workspaceId: workspace.id, viewport });
  const row = page.getByRole('row', { name: /Maximiliane/ });
  await expect(row).toContainText(email);
  for (const cell of await row.getByRole('cell').all()) {
    const box = await cell.boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? Number.POSITIVE_INFINITY)).toBeLessThanOrEqual(viewport.width);
  }
  const role = row.getByRole('combobox', { name: /^Role of Maximiliane/ });
  await expect(role).toHaveValue('Project manager');
  await role.click();
  await page.getByRole('option', { name: 'Client' }).click();
  await expect(page.getByText(/is now client/)).toBeVisible();
  await expect(role).toHaveValue('Client');
  await row.getByRole('button', { name: /^Actions for Maximiliane/ }).click();
  await expect(page.getByRole('menuitem', { name: 'Reset password' })).toBeInViewport();
});

test('an administrator of one workspace has no power in another', async ({ workspace, world }) => {
  const { cookie } = world.people.admin;
  const demo = (await workspace.api.workspaces.list.query()).find(({ isDemo }) => isDemo);
  const api = createApi({ url: world.url, cookie, workspaceId: demo?.id ?? '' });
  await expect(api.keys.list.query()).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } });
});
