import { type KeyScope, type Permission, type Role, rolePermits } from './roles.ts';

/** A signed-in person, acting in one workspace. */
export interface UserPrincipal {
  readonly kind: 'user';
  readonly userId: string;
  readonly sessionId: string;
  readonly email: string;
  readonly name: string;
  readonly superAdmin: boolean;
  readonly workspaceId: string;
  readonly role: Role;
}

/** A service that holds a key of one workspace. */
export interface KeyPrincipal {
  readonly kind: 'key';
  readonly keyId: string;
  readonly name: string;
  readonly workspaceId: string;
  readonly scopes: readonly KeyScope[];
}

/** Who asks, and in which workspace. Everything a principal reads or writes belongs to that workspace. */
export type Principal = UserPrincipal | KeyPrincipal;

/** Whether `principal` may do what `permission` names, in its workspace. */
export function may(principal: Principal, permission: Permission): boolean {
  if (principal.kind === 'key') return (principal.scopes as readonly Permission[]).includes(permission);
  return rolePermits(principal.role, permission);
}

/** Who did it, for a record that people read. */
export function principalLabel(principal: Principal): string {
  return principal.kind === 'user' ? principal.email : `key ${principal.name}`;
}
