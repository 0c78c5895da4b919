import { retryWithBackoff } from '#platform/backoff.ts';
import type { Clock } from '#platform/clock.ts';
import { isNotReachableYet } from '#platform/db/reachable.ts';
import { type Feed, type FeedSet, type Found, NOTHING_FOUND } from './feeds.ts';
import type { MatchSearch } from './types.ts';

/** Queries at once. More would take the pool's connections from everybody else. */
const CONCURRENCY = 3;
const RETRY = { policy: { baseMs: 50, maxMs: 1_000 }, deadlineMs: 5_000, isRetryable: isNotReachableYet };

/** Asks the database which activities match search words: each distinct search once per range of positions. */
export class Searches {
  readonly #matchSearch: MatchSearch;
  readonly #clock: Clock;
  readonly #running = new Map<string, Promise<ReadonlySet<string>>>();
  readonly #waiting: (() => void)[] = [];
  #free = CONCURRENCY;

  constructor(matchSearch: MatchSearch, clock: Clock) {
    this.#matchSearch = matchSearch;
    this.#clock = clock;
  }

  /** The answers to all searches of this set over `(from, to]`. Throws when the database does not answer. */
  async find({ workspaceId, feeds }: FeedSet, from: number, to: number): Promise<Found> {
    const asked = new Map<string, Promise<ReadonlySet<string>>>();
    for (const feed of feeds) {
      if (feed.search === undefined || asked.has(feed.search)) continue;
      asked.set(feed.search, this.#ask(workspaceId, feed, feed.search, from, to));
    }
    if (asked.size === 0) return NOTHING_FOUND;
    return new Map(await Promise.all(Array.from(asked, async ([search, ids]) => [search, await ids] as const)));
  }

  #ask(workspaceId: string, feed: Feed, search: string, from: number, to: number): Promise<ReadonlySet<string>> {
    const key = `${search} ${from} ${to}`;
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const answer = this.#inTurn(() => this.#matchSearch(workspaceId, feed.filter, from, to)).finally(() => {
      this.#running.delete(key);
    });
    this.#running.set(key, answer);
    return answer;
  }

  async #inTurn<T>(query: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free -= 1;
    try {
      return await retryWithBackoff(query, { ...RETRY, clock: this.#clock });
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
