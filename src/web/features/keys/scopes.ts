import type { KeyScope } from '#domain/roles.ts';

/** What each scope lets a service do, for people. */
export const SCOPE_WORDS: Readonly<Record<KeyScope, string>> = {
  'activity:write': 'Log activities',
  'activity:read': 'Read all activities, live too',
  'timeline:read': 'Read the timeline of a lead',
  'leads:read': 'Read leads',
  'leads:write': 'Create and change leads',
  'quarantine:manage': 'Edit, replay and discard refused events',
  'ops:read': 'Read health and metrics',
};
