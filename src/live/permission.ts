import { forbidden } from '#domain/forbidden.ts';
import { may } from '#domain/principal.ts';
import type { FollowRequest } from './types.ts';

/**
 * Throws FORBIDDEN unless the principal may read everything in its workspace, or may read timelines and every feed
 * names the one lead it is about.
 */
export function assertMayFollow({ principal, feeds }: Pick<FollowRequest, 'principal' | 'feeds'>): void {
  if (may(principal, 'activity:read')) return;
  const onlyTimelines = feeds.every((feed) => feed.filter.leadId !== undefined);
  if (onlyTimelines && may(principal, 'timeline:read')) return;
  throw forbidden(principal, 'activity:read');
}
