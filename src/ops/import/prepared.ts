import type { RejectedRecord } from './cells.ts';
import type { FeedItem, PreparedRecord } from './feed.ts';

/** A record whose mapping went well, or why it did not. */
export interface Prepared {
  readonly item: FeedItem;
  readonly record: PreparedRecord | RejectedRecord;
}
