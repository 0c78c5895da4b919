import { setImmediate } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Clock } from '#platform/clock.ts';
import { isNotReachableYet } from '#platform/db/reachable.ts';
import type { Logger } from '#platform/log.ts';
import type { LiveEvent } from './event.ts';
import { type FeedSet, type Found, NOTHING_FOUND } from './feeds.ts';
import type { Slice } from './frames.ts';
import type { Group } from './group.ts';
import type { Outlet } from './outlet.ts';
import { readRange } from './read-activities.ts';
import type { Ring } from './ring.ts';
import type { Searches } from './searches.ts';
import type { Subscriber } from './subscriber.ts';
import type { LiveLimits } from './types.ts';

export interface History {
  readonly pool: Pool;
  readonly ring: Ring;
  readonly searches: Searches;
}

/** Part of a workspace's history: all of it in `(after, to]`, and what the searches of a feed set found in it. */
export interface Page {
  readonly events: readonly LiveEvent[];
  readonly found: Found;
  readonly to: number;
}

const RING_PAGE = 500;
const BOOK_PAGE = 200;

/** The next page after `after` and not beyond `until`: from memory where it is still there, else from the book. */
export async function readPage(history: History, set: FeedSet, after: number, until: number): Promise<Page> {
  const { ring, pool, searches } = history;
  const isHere = ring.covers(after);
  const limit = isHere ? RING_PAGE : BOOK_PAGE;
  const events = isHere
    ? ring.range(set.workspaceId, after, until, limit)
    : await readRange(pool, { workspaceId: set.workspaceId, after, to: until }, limit);
  const to = events.length === limit ? (events.at(-1)?.seq ?? until) : until;
  return { events, to, found: events.length > 0 ? await searches.find(set, after, to) : NOTHING_FOUND };
}

export interface CatchUpDeps {
  readonly history: History;
  readonly outlet: Outlet;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: Pick<LiveLimits, 'maxLag' | 'sliceBytes'>;
  /** The epoch, and the position up to which this group's live members have been served. */
  readonly epoch: () => number;
  readonly headOf: (group: Group<Subscriber>) => number;
  /** Called in the same turn in which the subscriber was found to be at the head. */
  readonly onCaughtUp: (subscriber: Subscriber) => void;
}

/** A page as the bytes that its subscribers get. */
interface Served {
  readonly slices: readonly Slice[];
  readonly to: number;
}

/** Subscribers served at once. The others wait their turn, so that a herd coming back costs a bounded amount. */
const WORKERS = 4;
const RETRY_MS = 500;
/** A subscriber that cannot be served for a reason that does not pass is closed after this many tries. */
const MAX_FAILURES = 5;

/** Brings subscribers that are behind to the head, one page at a time and in turn. */
export class CatchUp {
  readonly #deps: CatchUpDeps;
  #queue: Subscriber[] = [];
  #waiting: Subscriber[] = [];
  #workers = 0;
  #isRetrying = false;
  /** The page that was asked for last: those who fell behind together come for the same one, one after the other. */
  #recent: { readonly key: string; readonly group: Group<Subscriber>; readonly served: Promise<Served> } | undefined;

  constructor(deps: CatchUpDeps) {
    this.#deps = deps;
  }

  add(subscriber: Subscriber): void {
    if (subscriber.isQueued || subscriber.state !== 'catching') return;
    subscriber.isQueued = true;
    this.#queue.push(subscriber);
    if (this.#workers < WORKERS) void this.#work();
  }

  /** Goes on with those that were ahead of their group; to be called when groups have moved. */
  onMoved(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const subscriber of waiting) this.add(subscriber);
  }

  async #work(): Promise<void> {
    this.#workers += 1;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      next.isQueued = false;
      try {
        if (await this.#step(next)) this.add(next);
        next.failures = 0;
      } catch (error) {
        this.#fail(next, error);
      }
      await setImmediate();
    }
    this.#workers -= 1;
    if (this.#workers === 0) this.#recent = undefined;
  }

  /** Serves one page. Returns whether there is more to do for this subscriber now. */
  async #step(subscriber: Subscriber): Promise<boolean> {
    const { outlet, limits, headOf, onCaughtUp } = this.#deps;
    if (subscriber.state !== 'catching') return false;
    const { group, cursor } = subscriber;
    const epoch = this.#deps.epoch();
    const head = headOf(group);
    if (cursor === head && subscriber.isSettled) {
      onCaughtUp(subscriber);
      return false;
    }
    if (cursor >= head) {
      this.#waiting.push(subscriber);
      return false;
    }
    if (head - cursor > limits.maxLag) {
      this.resync(subscriber, head);
      return true;
    }
    const { slices, to } = await this.#serve(subscriber, head, epoch);
    // Meanwhile it may have left, or the book may have become another one.
    if (subscriber.state !== 'catching' || epoch !== this.#deps.epoch()) return true;
    for (const slice of slices) {
      outlet.writeSlice(subscriber, slice);
      if (hasStopped(subscriber)) return false;
    }
    subscriber.cursor = to;
    return true;
  }

  #serve({ group, cursor, starts }: Subscriber, head: number, epoch: number): Promise<Served> {
    if (starts.size > 0) return this.#read(group, cursor, head, epoch, starts);
    const key = `${epoch} ${cursor} ${head}`;
    if (this.#recent?.key === key && this.#recent.group === group) return this.#recent.served;
    const served = this.#read(group, cursor, head, epoch, starts);
    this.#recent = { key, group, served };
    // A failure is not remembered: the next try reads again.
    served.catch(() => {
      if (this.#recent?.served === served) this.#recent = undefined;
    });
    return served;
  }

  async #read(
    group: Group<Subscriber>,
    cursor: number,
    head: number,
    epoch: number,
    starts: ReadonlyMap<string, number>,
  ): Promise<Served> {
    const { history, limits } = this.#deps;
    const page = await readPage(history, group.set, cursor, head);
    return { slices: [...group.slicesFrom(starts, page.events, page.found, epoch, limits.sliceBytes)], to: page.to };
  }

  /** Tells the subscriber that its feeds cannot be continued, and lets it go on from `head`. */
  resync(subscriber: Subscriber, head: number): void {
    const feeds = subscriber.group.set.feeds.map(({ id }) => id);
    subscriber.cursor = head;
    subscriber.starts = new Map();
    this.#deps.outlet.writeResync(subscriber, feeds, this.#deps.epoch(), head);
  }

  #fail(subscriber: Subscriber, error: unknown): void {
    if (!isNotReachableYet(error)) {
      subscriber.failures += 1;
      this.#deps.log.error({ err: error, failures: subscriber.failures }, 'a live subscriber cannot catch up');
      if (subscriber.failures >= MAX_FAILURES) {
        this.#deps.outlet.close(subscriber);
        return;
      }
    }
    this.#waiting.push(subscriber);
    void this.#retrySoon();
  }

  async #retrySoon(): Promise<void> {
    if (this.#isRetrying) return;
    this.#isRetrying = true;
    await this.#deps.clock.sleep(RETRY_MS);
    this.#isRetrying = false;
    this.onMoved();
  }
}

/** Its own function because the compiler does not know that writing changes the state. */
function hasStopped(subscriber: Subscriber): boolean {
  return subscriber.state !== 'catching';
}
