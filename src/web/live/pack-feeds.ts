import type { FeedFrom } from './types.ts';

/** Feeds travel in the address of the request, and proxies cut addresses off at 8 kB. */
const MAX_CHARS = 6_000;
/** What the server takes on one connection. */
const MAX_FEEDS = 50;

/** Feeds of one workspace, in as few portions as an address can hold: one, but for dozens of tabs. */
export function packFeeds<F extends FeedFrom>(feeds: readonly F[]): F[][] {
  const portions: F[][] = [];
  let room = 0;
  for (const feed of feeds) {
    const size = encodeURIComponent(JSON.stringify([feed.id, feed.filter, feed.after])).length + 60;
    const portion = portions.at(-1);
    if (portion === undefined || room < size || portion.length === MAX_FEEDS) {
      portions.push([feed]);
      room = MAX_CHARS - size;
    } else {
      portion.push(feed);
      room -= size;
    }
  }
  return portions;
}
