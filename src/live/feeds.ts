import { parseStreamCursor } from '#domain/cursor.ts';
import { AppError } from '#domain/errors.ts';
import type { ActivityFilter } from '#domain/filter.ts';
import { type ActivityPredicate, compileFilter, filterKey, hasSearch } from '#domain/filter-match.ts';
import type { LiveEvent } from './event.ts';
import type { FeedRequest } from './types.ts';

/** A feed ready to be matched. */
export interface Feed {
  readonly id: string;
  readonly filter: ActivityFilter;
  /** Everything but the search words. */
  readonly matches: ActivityPredicate;
  /** Names the search, which is shared by all feeds that search for the same; undefined without search words. */
  readonly search: string | undefined;
}

/** Feeds that are followed together in one workspace. Sets with equal keys match alike and get the same bytes. */
export interface FeedSet {
  readonly key: string;
  readonly workspaceId: string;
  readonly feeds: readonly Feed[];
  readonly hasSearch: boolean;
}

/** Ids found by the database, by the search that asked for them. */
export type Found = ReadonlyMap<string, ReadonlySet<string>>;
export const NOTHING_FOUND: Found = new Map();

/** @throws AppError INVALID_INPUT when two feeds have one id. */
export function toFeedSet(workspaceId: string, requests: readonly FeedRequest[]): FeedSet {
  const named = requests.map(({ id, filter }) => ({ id, filter, key: filterKey(filter) }));
  named.sort((a, b) => (a.id < b.id ? -1 : 1));
  if (new Set(named.map((feed) => feed.id)).size !== named.length) {
    throw new AppError('INVALID_INPUT', { issues: [{ path: 'feeds', message: 'Give each feed an id of its own.' }] });
  }
  const feeds = named.map(({ id, filter, key }) => ({
    id,
    filter,
    matches: compileFilter(filter),
    search: hasSearch(filter) ? `${workspaceId} ${key}` : undefined,
  }));
  return {
    key: JSON.stringify([workspaceId, ...named.map(({ id, key }) => [id, key])]),
    workspaceId,
    feeds,
    hasSearch: feeds.some((feed) => feed.search !== undefined),
  };
}

/** The ids of the feeds that an event of the set's workspace belongs to. */
export function matchingFeeds(set: FeedSet, event: LiveEvent, found: Found): readonly string[] {
  const ids: string[] = [];
  for (const feed of set.feeds) {
    if (!feed.matches(event.view)) continue;
    if (feed.search !== undefined && found.get(feed.search)?.has(event.view.id) !== true) continue;
    ids.push(feed.id);
  }
  return ids;
}

/** Where a subscriber begins. */
export interface Plan {
  readonly epoch: number;
  /** Position after which reading begins: the earliest of the starts. */
  readonly from: number;
  /** For each feed that begins later than `from`: the position after which. Empty for most. */
  readonly starts: ReadonlyMap<string, number>;
  /** Feeds that cannot be continued; they begin at the head. */
  readonly resync: readonly string[];
  /** Feeds that were asked for and are none of this. */
  readonly forbidden: readonly string[];
}

export interface Book {
  readonly epoch: number;
  readonly head: number;
}

/**
 * Decides for each feed where it begins. Of the cursor of the feed and that of the connection the later one of this
 * epoch counts; with neither it begins at the head. A cursor of another epoch, ahead of the book, out of reach or
 * unreadable means `resync`.
 */
export function planStart(
  requests: readonly FeedRequest[],
  lastEventId: string | undefined,
  book: Book,
  maxCatchUp: number,
): Omit<Plan, 'forbidden'> {
  const resync: string[] = [];
  const placed = requests.map(({ id, after }) => {
    const position = startOf([after, lastEventId], book);
    if (position === undefined || position > book.head || book.head - position > maxCatchUp) {
      resync.push(id);
      return { id, at: book.head };
    }
    return { id, at: position };
  });
  const from = Math.min(book.head, ...placed.map(({ at }) => at));
  const { epoch } = book;
  return { epoch, from, starts: new Map(placed.filter(({ at }) => at > from).map(({ id, at }) => [id, at])), resync };
}

function startOf(cursors: readonly (string | undefined)[], book: Book): number | undefined {
  const given = cursors.filter((cursor) => cursor !== undefined && cursor !== '');
  if (given.length === 0) return book.head;
  const positions = given.flatMap((text) => {
    const cursor = parseStreamCursor(text ?? '');
    return cursor?.epoch === book.epoch ? [cursor.seq] : [];
  });
  return positions.length === 0 ? undefined : Math.max(...positions);
}

/** Whether some cursor of this epoch lies ahead of what this process has read. */
export function isAhead(requests: readonly FeedRequest[], lastEventId: string | undefined, book: Book): boolean {
  return [lastEventId, ...requests.map(({ after }) => after)].some((text) => {
    const cursor = parseStreamCursor(text ?? '');
    return cursor?.epoch === book.epoch && cursor.seq > book.head;
  });
}
