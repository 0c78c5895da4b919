import { forbidden as refusal } from '#domain/forbidden.ts';
import { may } from '#domain/principal.ts';
import type { FeedRequest, FollowRequest } from './types.ts';

export interface JudgedFeeds {
  readonly allowed: readonly FeedRequest[];
  /** Their ids. One tab's page that its person may not see any more must not cost the others of the browser their own. */
  readonly forbidden: readonly string[];
}

/**
 * What the principal may follow: everything in its workspace, or timelines, which name the one lead they are about.
 * @throws AppError FORBIDDEN when that is none of the feeds
 */
export function judgeFeeds({ principal, feeds }: Pick<FollowRequest, 'principal' | 'feeds'>): JudgedFeeds {
  const hasAll = may(principal, 'activity:read');
  const hasTimelines = may(principal, 'timeline:read');
  const isAllowed = ({ filter }: FeedRequest) => hasAll || (hasTimelines && filter.leadId !== undefined);
  const allowed = feeds.filter(isAllowed);
  if (allowed.length === 0) throw refusal(principal, 'activity:read');
  return { allowed, forbidden: feeds.filter((feed) => !isAllowed(feed)).map(({ id }) => id) };
}
