import type { Actor, ServiceKeyRef } from '#domain/activity.ts';
import type { Principal } from '#domain/principal.ts';

/** Who an activity says it was. */
export interface Author {
  readonly actor: Actor;
  /** The person's id; null for a service. */
  readonly createdBy: string | null;
  readonly serviceKey?: ServiceKeyRef;
  /** `ui:<action>` for a person, `api:<action>` for a service. */
  readonly source: string;
}

export function authorOf(principal: Principal, action: string): Author {
  if (principal.kind === 'user') {
    const actor: Actor = { type: 'USER', id: principal.userId, label: principal.email };
    return { actor, createdBy: principal.userId, source: `ui:${action}` };
  }
  const actor: Actor = { type: 'INTEGRATION', id: principal.keyId, label: principal.name };
  const serviceKey = { id: principal.keyId, name: principal.name };
  return { actor, createdBy: null, serviceKey, source: `api:${action}` };
}

/** `<verb>_by_user_id` and `<verb>_by_email` for a person, `<verb>_by_key` for a service. */
export function byWhom(principal: Principal, verb: string): Record<string, string> {
  return principal.kind === 'user'
    ? { [`${verb}_by_user_id`]: principal.userId, [`${verb}_by_email`]: principal.email }
    : { [`${verb}_by_key`]: principal.name };
}
