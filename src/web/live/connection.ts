import { later } from './cursor-order.ts';
import type { FeedFrom, LiveState, Timers, Transport, TransportHandlers } from './types.ts';

export interface ConnectionDeps {
  readonly transport: Transport;
  readonly timers: Timers;
  readonly onState: () => void;
  readonly onMessage: TransportHandlers['onMessage'];
}

/** Without a connection for this long, pages look for themselves. */
const FALLBACK_AFTER_MS = 4_000;
const RETRY_MS = { first: 500, most: 15_000 };
/** After an answer that is final: somebody may have signed in again, in another tab. */
const RETRY_FINAL_MS = 30_000;

/**
 * One stream to the server for a fixed set of feeds, kept open.
 *
 *   opening ──▶ open ──broke──▶ opening again by itself (EventSource)
 *      └──refused──▶ waiting (longer each time, never the same) ──▶ opening, after the last cursor
 */
export class Connection {
  readonly workspaceId: string;
  readonly #feeds: Map<string, FeedFrom>;
  readonly #deps: ConnectionDeps;
  #state: LiveState = 'connecting';
  #cursor: string | undefined;
  #failures = 0;
  #closeStream: (() => void) | undefined;
  #cancelRetry: (() => void) | undefined;
  #cancelFallback: (() => void) | undefined;

  constructor(workspaceId: string, feeds: readonly FeedFrom[], deps: ConnectionDeps) {
    this.workspaceId = workspaceId;
    this.#feeds = new Map(feeds.map((feed) => [feed.id, feed]));
    this.#deps = deps;
    this.#disconnected();
    this.#open();
  }

  get feeds(): ReadonlyMap<string, FeedFrom> {
    return this.#feeds;
  }

  get state(): LiveState {
    return this.#state;
  }

  /** Up to where a feed of this connection is complete; undefined while it has only been told to begin now. */
  progressOf(id: string): string | undefined {
    return later(this.feeds.get(id)?.after, this.#cursor);
  }

  /** Goes on without a feed, also when it opens again. */
  drop(id: string): void {
    this.#feeds.delete(id);
  }

  /** Tries again at once, if it is waiting to. */
  retryNow(): void {
    if (this.#cancelRetry) this.#open();
  }

  close(): void {
    this.#cancelRetry?.();
    this.#cancelFallback?.();
    this.#closeStream?.();
  }

  #open(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    const feeds = Array.from(this.feeds.values(), (feed) => ({ ...feed, after: this.progressOf(feed.id) }));
    this.#closeStream = this.#deps.transport(this.workspaceId, feeds, {
      onConnected: () => {
        this.#failures = 0;
        this.#cancelFallback?.();
        this.#cancelFallback = undefined;
        this.#enter('live');
      },
      onReconnecting: () => this.#disconnected(),
      onMessage: (cursor, message) => {
        this.#cursor = later(this.#cursor, cursor);
        this.#deps.onMessage(cursor, message);
      },
      onEnd: (isFinal) => {
        this.#closeStream?.();
        this.#disconnected();
        this.#failures += 1;
        if (isFinal) this.#enter('fallback');
        this.#cancelRetry = this.#deps.timers.after(this.#delay(isFinal), () => this.#open());
      },
    });
  }

  #delay(isFinal: boolean): number {
    const grown = Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** (this.#failures - 1));
    return (isFinal ? RETRY_FINAL_MS : grown) * (0.5 + 0.5 * this.#deps.timers.random());
  }

  #disconnected(): void {
    if (this.#state === 'live') this.#enter('connecting');
    this.#cancelFallback ??= this.#deps.timers.after(FALLBACK_AFTER_MS, () => this.#enter('fallback'));
  }

  #enter(state: LiveState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#deps.onState();
  }
}
