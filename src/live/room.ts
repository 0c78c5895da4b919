import { AppError } from '#domain/errors.ts';
import type { Principal } from '#domain/principal.ts';
import type { FeedSet } from './feeds.ts';
import type { LiveLimits } from './types.ts';

type RoomLimits = Pick<LiveLimits, 'maxSubscribers' | 'maxSubscribersEach' | 'maxSearches' | 'maxSearchesEach'>;

/** After how many seconds a stream that was refused may be asked for again. */
const RETRY_AFTER_S = 10;

/**
 * How many streams and how many different searches are open: of all, and of each principal, so that one key or person
 * cannot take what there is for every workspace.
 */
export class Room {
  refused = 0;
  readonly #limits: RoomLimits;
  readonly #all = new Share();
  readonly #each = new Map<string, Share>();

  constructor(limits: RoomLimits) {
    this.#limits = limits;
  }

  /** @throws AppError RATE_LIMITED when the principal has its share, UNAVAILABLE when there is no room for anybody. */
  assertFor(principal: Principal, set: FeedSet): void {
    const refusal = this.#shareRefusal(principal, set) ?? this.#refusal(set);
    if (refusal === undefined) return;
    this.refused += 1;
    throw refusal;
  }

  enter(principal: Principal, set: FeedSet): void {
    const name = nameOf(principal);
    const share = this.#each.get(name) ?? new Share();
    this.#each.set(name, share);
    for (const each of [this.#all, share]) each.add(set);
  }

  leave(principal: Principal, set: FeedSet): void {
    const name = nameOf(principal);
    const share = this.#each.get(name);
    if (share === undefined) return;
    for (const each of [this.#all, share]) each.remove(set);
    if (share.streams === 0) this.#each.delete(name);
  }

  #shareRefusal(principal: Principal, set: FeedSet): AppError | undefined {
    const { maxSubscribersEach, maxSearchesEach } = this.#limits;
    const share = this.#each.get(nameOf(principal)) ?? NO_SHARE;
    const isPerson = principal.kind === 'user';
    if (share.streams >= maxSubscribersEach) {
      const has = isPerson ? 'You have' : 'This key has';
      const remedy = isPerson ? 'close some tabs' : 'close some, or follow several feeds over one stream';
      return tooMany(`${has} ${share.streams} live streams open, as many as one may have here: ${remedy}.`);
    }
    const searches = set.hasSearch ? share.searchesWith(set) : 0;
    if (searches > maxSearchesEach) {
      const may = isPerson ? 'you may' : 'this key may';
      return tooMany(
        `With this stream there would be ${searches} different searches, and ${may} follow ${maxSearchesEach} live: ` +
          'close one of the others, or follow without search words.',
      );
    }
    return undefined;
  }

  #refusal(set: FeedSet): AppError | undefined {
    const { maxSubscribers, maxSearches } = this.#limits;
    const isFull = this.#all.streams >= maxSubscribers;
    if (!isFull && !(set.hasSearch && this.#all.searchesWith(set) > maxSearches)) return undefined;
    const message = 'Too many live streams are open. Try again shortly.';
    return new AppError('UNAVAILABLE', { message, retryAfter: RETRY_AFTER_S });
  }
}

/** What of it is somebody's. */
class Share {
  streams = 0;
  /** How many feeds there are of each search. */
  readonly #searches = new Map<string, number>();

  add(set: FeedSet): void {
    this.streams += 1;
    for (const search of searchesOf(set)) this.#searches.set(search, (this.#searches.get(search) ?? 0) + 1);
  }

  remove(set: FeedSet): void {
    this.streams -= 1;
    for (const search of searchesOf(set)) {
      const left = (this.#searches.get(search) ?? 0) - 1;
      if (left > 0) this.#searches.set(search, left);
      else this.#searches.delete(search);
    }
  }

  /** How many different searches there are with those of `set`. */
  searchesWith(set: FeedSet): number {
    return this.#searches.size + new Set(searchesOf(set).filter((search) => !this.#searches.has(search))).size;
  }
}

const NO_SHARE = new Share();

/** A person counts once, in whatever sessions and workspaces. */
function nameOf(principal: Principal): string {
  return principal.kind === 'user' ? `user ${principal.userId}` : `key ${principal.keyId}`;
}

function searchesOf({ hasSearch, feeds }: FeedSet): string[] {
  return hasSearch ? feeds.flatMap(({ search }) => (search === undefined ? [] : [search])) : [];
}

function tooMany(message: string): AppError {
  return new AppError('RATE_LIMITED', { message, retryAfter: RETRY_AFTER_S });
}
