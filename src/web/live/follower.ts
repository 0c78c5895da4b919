import { isBefore } from './cursor-order.ts';
import type { FeedListener, Told } from './types.ts';

/** Somebody in this tab who follows a feed. */
export interface Follower {
  /** Everything up to here has been told to the listener. */
  cursor: string | undefined;
  /** It was told of something that does not follow on its place. */
  waits: boolean;
  readonly listener: FeedListener;
}

/**
 * Tells the listener what is new to it, and only what follows on what it has: `since` is how far its feed had been told
 * before this. Answers 'gap' when something lies between, which the leader has to replay first.
 */
export function take(
  follower: Follower,
  { cursor, message }: Told,
  since: string | undefined,
): 'taken' | 'known' | 'gap' {
  const place = follower.cursor;
  const isResync = 'resync' in message;
  if (place !== undefined && !isResync && (since === undefined || isBefore(place, since))) {
    follower.waits = true;
    return 'gap';
  }
  if (place !== undefined && !isBefore(place, cursor)) return 'known';
  follower.cursor = cursor;
  follower.waits = false;
  if ('activity' in message) follower.listener.onActivity(message.activity);
  else if (isResync) follower.listener.onResync();
  return 'taken';
}
