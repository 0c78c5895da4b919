import { AppError } from './errors.ts';
import type { Principal } from './principal.ts';
import { KEY_SCOPES, type Permission } from './roles.ts';

const SCOPES: ReadonlySet<Permission> = new Set(KEY_SCOPES);

/** The refusal of somebody who lacks `permission`: it says what is missing, and who can give it. */
export function forbidden(principal: Principal, permission: Permission): AppError {
  return new AppError('FORBIDDEN', { error: 'Forbidden', message: messageFor(principal, permission) });
}

function messageFor(principal: Principal, permission: Permission): string {
  if (principal.kind !== 'key') {
    return `Your role in this workspace (${principal.role}) lacks the permission ${permission}.`;
  }
  return SCOPES.has(permission)
    ? `This key lacks the scope ${permission}. An administrator can make one that has it.`
    : `This needs the permission ${permission}, which no service key can have: sign in as an administrator.`;
}
