import type { Role } from '#domain/roles.ts';

const LABELS: Readonly<Record<Role, string>> = {
  SUPER_ADMIN: 'Super administrator',
  ADMIN: 'Administrator',
  PM: 'Project manager',
  CLIENT: 'Client',
};

export function roleLabel(role: Role): string {
  return LABELS[role];
}
