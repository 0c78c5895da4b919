import { formatStreamCursor } from '#domain/cursor.ts';
import type { Clock } from '#platform/clock.ts';
import { Bell } from './bell.ts';
import { readPage } from './catch-up.ts';
import { type FeedSet, matchingFeeds, type Plan } from './feeds.ts';
import type { Follower, Hub } from './hub.ts';
import type { FollowRequest, LiveEnvelope, LiveLimits } from './types.ts';

export interface FollowDeps {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly limits: Pick<LiveLimits, 'maxLag' | 'heartbeatMs' | 'maxAgeMs'>;
}

/**
 * The stream of one reader in this process, at the reader's own pace: it holds one page, however slow it is. It ends after
 * `maxAgeMs`, like any other, so that whose session has run out meanwhile reads no further.
 */
export async function* follow(
  { hub, clock, limits }: FollowDeps,
  { principal }: FollowRequest,
  set: FeedSet,
  plan: Plan,
  signal: AbortSignal,
): AsyncGenerator<LiveEnvelope, void> {
  const all = set.feeds.map(({ id }) => id);
  const follower: Follower = { principal, set, bell: new Bell(), isClosed: false };
  let { epoch, from: cursor, starts, resync } = plan;
  let told = -1;
  const expiresAt = clock.monotonicMs() + limits.maxAgeMs;
  hub.assertRoom(principal, set);
  hub.addFollower(follower);
  try {
    if (plan.forbidden.length > 0) yield { cursor: at(cursor), message: { feeds: plan.forbidden, forbidden: true } };
    while (!signal.aborted && !hasEnded(follower) && clock.monotonicMs() < expiresAt) {
      const book = hub.book ?? { epoch, head: cursor };
      if (book.epoch !== epoch || book.head - cursor > limits.maxLag) {
        resync = all;
        starts = new Map();
        epoch = book.epoch;
        cursor = book.head;
      }
      if (resync.length > 0) yield { cursor: at(cursor), message: { feeds: resync, resync: true } };
      resync = [];

      if (cursor >= book.head) {
        if (told < cursor) yield { cursor: at(cursor), message: { feeds: [], caughtUp: true } };
        told = cursor;
        await follower.bell.sleep(clock, limits.heartbeatMs, signal);
        continue;
      }
      const page = await readPage(hub.history, set, cursor, book.head);
      for (const event of page.events) {
        const feeds = matchingFeeds(set, event, page.found).filter((id) => (starts.get(id) ?? 0) < event.seq);
        if (feeds.length > 0) yield { cursor: at(event.seq), message: { feeds, activity: event.view } };
      }
      cursor = page.to;
    }
  } finally {
    hub.removeFollower(follower);
  }

  function at(seq: number): string {
    return formatStreamCursor({ epoch, seq });
  }
}

/** Its own function because the compiler does not know that others change it. */
function hasEnded(follower: Follower): boolean {
  return follower.isClosed;
}
