/**
 * The one permission table. A person has a role in each workspace; a service key has scopes, which are permissions by
 * name. Every route and procedure names the permission it needs.
 */
export const PERMISSIONS = [
  /** Log activities: the REST bridge and ingest.*. */
  'activity:write',
  /** The whole workspace's record: feed, search, stream, exports. */
  'activity:read',
  /** The timeline of one lead at a time, live too. */
  'timeline:read',
  'leads:read',
  /** Create and change leads, enrol, note, claim, set status. */
  'leads:write',
  /** Register custom event types. */
  'types:write',
  /** See, edit, replay and discard refused events. */
  'quarantine:manage',
  /** See whether logging works: health, metrics, incidents, in-app alerts. */
  'ops:read',
  /** Change alert rules and where alerts are sent. */
  'alerts:manage',
  /** Import the records of an older system and compare them with the book. */
  'import:manage',
  /** See and change who belongs to the workspace. */
  'members:manage',
  /** Create, rotate and revoke service keys. */
  'keys:manage',
  /** Rename a workspace, set its time zone, remove a demo workspace. */
  'workspace:manage',
  /** Create workspaces, make super administrators. */
  'platform:manage',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

export const WORKSPACE_ROLES = ['ADMIN', 'PM', 'CLIENT'] as const;
export type WorkspaceRole = (typeof WORKSPACE_ROLES)[number];

export const ROLES = ['SUPER_ADMIN', ...WORKSPACE_ROLES] as const;
export type Role = (typeof ROLES)[number];

const ADMIN: readonly Permission[] = PERMISSIONS.filter((permission) => permission !== 'platform:manage');

/** What each role may do. A client sees no activity until activities carry a visibility meant for clients. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  SUPER_ADMIN: PERMISSIONS,
  ADMIN,
  PM: ['timeline:read', 'leads:read', 'leads:write'],
  CLIENT: [],
};

/** The permissions a service key can be given. */
export const KEY_SCOPES = [
  'activity:write',
  'activity:read',
  'timeline:read',
  'leads:read',
  'leads:write',
  'quarantine:manage',
  'ops:read',
] as const satisfies readonly Permission[];
export type KeyScope = (typeof KEY_SCOPES)[number];

export function rolePermits(role: Role, permission: Permission): boolean {
  return ROLE_PERMISSIONS[role].includes(permission);
}
