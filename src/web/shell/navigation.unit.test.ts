import { expect, it } from 'vitest';
import { ROLE_PERMISSIONS, type Role } from '#domain/roles.ts';
import { isCurrent, navigationFor } from './navigation.ts';

const pages = (role: Role) =>
  navigationFor(ROLE_PERMISSIONS[role]).flatMap((section) => section.items.map((item) => item.href));

it('shows each role the pages it may open', () => {
  expect(pages('CLIENT')).toEqual(['/']);
  expect(pages('PM')).toEqual(['/', '/leads', '/campaigns']);
  expect(pages('ADMIN')).not.toContain('/admin/workspaces');
  expect(pages('SUPER_ADMIN')).toContain('/admin/workspaces');
});

it('tells the page a person is on', () => {
  expect(isCurrent('/', '/')).toBe(true);
  expect(isCurrent('/', '/leads')).toBe(false);
  expect(isCurrent('/leads', '/leads/1')).toBe(true);
  expect(isCurrent('/admin/workspace', '/admin/workspaces')).toBe(false);
});
