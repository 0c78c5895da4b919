import type { LiveEvent } from './event.ts';
import { type FeedSet, type Found, matchingFeeds } from './feeds.ts';
import { type Slice, toSlices } from './frames.ts';
import type { FrameFormat } from './types.ts';

/**
 * Subscribers of the same feeds in the same format. Each event is matched once for all of them, and the bytes are made
 * once and shared by their sockets.
 */
export class Group<Member> {
  readonly key: string;
  readonly set: FeedSet;
  readonly format: FrameFormat;
  readonly live = new Set<Member>();
  /** Members in whatever state. */
  size = 0;
  /** The position that every live member has been told last. */
  toldUpTo = 0;

  constructor(set: FeedSet, format: FrameFormat) {
    this.key = Group.keyOf(set, format);
    this.set = set;
    this.format = format;
  }

  static keyOf(set: FeedSet, format: FrameFormat): string {
    return `${format.name} ${set.key}`;
  }

  /** The bytes of those events that match, for every live member. */
  slices(events: readonly LiveEvent[], found: Found, epoch: number, sliceBytes: number): Iterable<Slice> {
    const { format, set } = this;
    return toSlices(events, { format, epoch, sliceBytes, feedsOf: (event) => matchingFeeds(set, event, found) });
  }

  /** The same for members that are behind: a feed of theirs that begins later is left out until then. */
  slicesFrom(
    starts: ReadonlyMap<string, number>,
    events: readonly LiveEvent[],
    found: Found,
    epoch: number,
    sliceBytes: number,
  ): Iterable<Slice> {
    if (starts.size === 0) return this.slices(events, found, epoch, sliceBytes);
    const { format, set } = this;
    const feedsOf = (event: LiveEvent) =>
      matchingFeeds(set, event, found).filter((id) => (starts.get(id) ?? 0) < event.seq);
    return toSlices(events, { format, epoch, sliceBytes, feedsOf });
  }
}
