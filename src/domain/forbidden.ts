import { AppError } from './errors.ts';
import type { Principal } from './principal.ts';
import type { Permission } from './roles.ts';

/** The refusal of somebody who lacks `permission`: it says what is missing, and who can give it. */
export function forbidden(principal: Principal, permission: Permission): AppError {
  const message =
    principal.kind === 'key'
      ? `This key lacks the scope ${permission}. An administrator can make one that has it.`
      : `Your role in this workspace (${principal.role}) lacks the permission ${permission}.`;
  return new AppError('FORBIDDEN', { error: 'Forbidden', message });
}
