import type { ActivityView } from '#domain/activity.ts';
import type { ActivityFilter } from '#domain/filter.ts';
import type { LiveMessage } from '#live/types.ts';

/**
 * How what is on the page is kept current: `live` by the stream; `connecting` while it is being opened; `fallback` when
 * it could not be had for a while, and the page has to look for itself.
 */
export type LiveState = 'connecting' | 'live' | 'fallback';

export interface Feed {
  readonly id: string;
  readonly workspaceId: string;
  readonly filter: ActivityFilter;
}

/** A feed and the cursor after which to begin; without one it begins now. */
export interface FeedFrom extends Feed {
  readonly after: string | undefined;
}

/** What a tab follows. `version` grows when somebody in the tab begins to, from the cursor given. */
export interface Want extends FeedFrom {
  readonly version: number;
}

/** From the tabs to the one that leads. */
export type TabMessage =
  | { readonly kind: 'wants'; readonly tab: string; readonly wants: readonly Want[] }
  | { readonly kind: 'gone'; readonly tab: string };

/** What the leader was told by the server. A `caughtUp` names all feeds that are complete up to its cursor. */
export interface Told {
  readonly kind: 'told';
  readonly cursor: string;
  /** For each feed of the message: up to where the feed had been told before it. Who has less has to wait. */
  readonly since: readonly (string | undefined)[];
  readonly message: LiveMessage;
}

/** From the one that leads to all tabs. */
export type LeaderMessage =
  | { readonly kind: 'leads' }
  | Told
  | { readonly kind: 'states'; readonly states: Readonly<Record<string, LiveState>> };

export type ChannelMessage = TabMessage | LeaderMessage;

/** Reaches all other tabs of this browser. */
export interface Channel {
  post(message: ChannelMessage): void;
  listen(listener: (message: ChannelMessage) => void): void;
  close(): void;
}

/** The part of the browser's LockManager that is used. */
export interface Locks {
  request(
    name: string,
    options: { readonly signal?: AbortSignal; readonly steal?: boolean },
    callback: () => Promise<void>,
  ): Promise<void>;
}

/** Time, for tests to own. */
export interface Timers {
  /** Calls `work` once after `ms` milliseconds; gives the way to call it off. */
  after(ms: number, work: () => void): () => void;
  /** From 0 to 1, for waits that must not be the same in every browser. */
  random(): number;
}

export interface TransportHandlers {
  onConnected(): void;
  /** The connection broke and is being made again, without our help. */
  onReconnecting(): void;
  onMessage(cursor: string, message: LiveMessage): void;
  /** It is over; `isFinal` when the server has said that trying again will not help. */
  onEnd(isFinal: boolean): void;
}

/** Opens one stream for feeds of one workspace; gives the way to close it, after which no handler is called. */
export type Transport = (workspaceId: string, feeds: readonly FeedFrom[], handlers: TransportHandlers) => () => void;

/** Who in this tab follows a feed. */
export interface FeedListener {
  onActivity(activity: ActivityView): void;
  /** What came meanwhile cannot be told: read the page again. */
  onResync(): void;
  onState(state: LiveState): void;
}
