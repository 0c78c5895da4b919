import type { LiveMessage } from '#live/types.ts';
import { Connection } from './connection.ts';
import { earlier, isBefore } from './cursor-order.ts';
import { packFeeds } from './pack-feeds.ts';
import type { Feed, FeedFrom, LeaderMessage, LiveState, Timers, Transport, Want } from './types.ts';

export interface LeaderDeps {
  readonly transport: Transport;
  readonly timers: Timers;
  /** To all tabs, this one included. */
  readonly broadcast: (message: LeaderMessage) => void;
}

/** Changes of what is wanted are waited for this long, so that a page that changes costs one new connection. */
const SETTLE_MS = 50;

interface LedFeed extends Feed {
  /** The tabs that want it, with the version of their want that has been heeded. */
  readonly tabs: Map<string, number>;
  /** The last cursor that its followers have been told; before that where they begin. */
  toldUpTo: string | undefined;
  /** Where somebody stands who came later and is further back: the next connection begins there. */
  replayFrom: string | undefined;
  /** Whether a connection carries it. */
  isOpen: boolean;
  /** The server has refused it alone; it is asked again when somebody follows it anew, or looks. */
  isForbidden: boolean;
}

/**
 * Holds the connection of the browser on behalf of all its tabs: the union of what they want, each feed from the place
 * of the tab that is furthest back. Every tab is told everything and drops what it has had.
 */
export class Leader {
  readonly #deps: LeaderDeps;
  readonly #feeds = new Map<string, LedFeed>();
  #connections: Connection[] = [];
  #cancelRebuild: (() => void) | undefined;
  #isStopped = false;

  constructor(deps: LeaderDeps) {
    this.#deps = deps;
    deps.broadcast({ kind: 'leads' });
  }

  /** Everything that a tab wants now; what it does not name it wants no longer. */
  onWants(tab: string, wants: readonly Want[]): void {
    if (this.#isStopped) return;
    const wanted = new Set(wants.map(({ id }) => id));
    let hasChanged = this.#dropFrom(tab, wanted);
    for (const want of wants) hasChanged = this.#heed(tab, want) || hasChanged;
    if (hasChanged) this.#rebuildSoon();
    this.#tellStates();
  }

  onGone(tab: string): void {
    this.onWants(tab, []);
  }

  /** There is reason to hope: the network is back, or somebody looks at the page. */
  retryNow(): void {
    for (const connection of this.#connections) connection.retryNow();
    const forbidden = [...this.#feeds.values()].filter((feed) => feed.isForbidden);
    for (const feed of forbidden) feed.isForbidden = false;
    if (forbidden.length > 0) this.#rebuildSoon();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelRebuild?.();
    for (const connection of this.#connections) connection.close();
    this.#connections = [];
  }

  #dropFrom(tab: string, wanted: ReadonlySet<string>): boolean {
    let hasChanged = false;
    for (const feed of this.#feeds.values()) {
      if (wanted.has(feed.id) || !feed.tabs.delete(tab) || feed.tabs.size > 0) continue;
      this.#feeds.delete(feed.id);
      hasChanged = true;
    }
    return hasChanged;
  }

  /** Returns whether the connections have to change for it. */
  #heed(tab: string, { id, workspaceId, filter, after, version }: Want): boolean {
    const feed = this.#feeds.get(id);
    if (feed === undefined) {
      const tabs = new Map([[tab, version]]);
      const rest = { toldUpTo: after, replayFrom: undefined, isOpen: false, isForbidden: false };
      this.#feeds.set(id, { id, workspaceId, filter, tabs, ...rest });
      return true;
    }
    if (feed.tabs.get(tab) === version) return false;
    feed.tabs.set(tab, version);
    const isAskedAgain = feed.isForbidden;
    feed.isForbidden = false;
    if (!feed.isOpen) {
      feed.toldUpTo = earlier(feed.toldUpTo, after);
      return isAskedAgain;
    }
    const isFurtherBack = after !== undefined && (feed.toldUpTo === undefined || isBefore(after, feed.toldUpTo));
    if (!isFurtherBack) return false;
    feed.replayFrom = earlier(feed.replayFrom, after);
    return true;
  }

  #rebuildSoon(): void {
    this.#cancelRebuild ??= this.#deps.timers.after(SETTLE_MS, () => this.#rebuild());
  }

  #connectionOf(id: string): Connection | undefined {
    return this.#connections.find(({ feeds }) => feeds.has(id));
  }

  /** Opens what is wanted and not there, closes what is there and not wanted, leaves the rest alone. */
  #rebuild(): void {
    this.#cancelRebuild = undefined;
    const before = this.#connections;
    const portions = [...Map.groupBy(this.#placed(), ({ workspaceId }) => workspaceId).values()].flatMap(packFeeds);
    const kept = new Map(
      portions.map((portion) => [portion, before.find((connection) => this.#isAsIs(connection, portion))]),
    );
    for (const feed of this.#feeds.values()) {
      if (feed.isForbidden) continue;
      feed.toldUpTo = feed.replayFrom ?? feed.toldUpTo;
      feed.replayFrom = undefined;
      feed.isOpen = true;
    }
    const keptOnes = new Set(kept.values());
    for (const connection of before) if (!keptOnes.has(connection)) connection.close();
    this.#connections = Array.from(kept, ([portion, connection]) => connection ?? this.#connect(portion));
    this.#tellStates();
  }

  #placed(): FeedFrom[] {
    const served = [...this.#feeds.values()].filter(({ isForbidden }) => !isForbidden);
    return served.map(({ id, workspaceId, filter, isOpen, toldUpTo, replayFrom }) => ({
      id,
      workspaceId,
      filter,
      after: replayFrom ?? (isOpen ? this.#connectionOf(id)?.progressOf(id) : toldUpTo),
    }));
  }

  #isAsIs({ feeds }: Connection, portion: readonly FeedFrom[]): boolean {
    const isServed = (feed: LedFeed | undefined) => feed?.isOpen === true && feed.replayFrom === undefined;
    return feeds.size === portion.length && portion.every(({ id }) => feeds.has(id) && isServed(this.#feeds.get(id)));
  }

  #connect(portion: readonly FeedFrom[]): Connection {
    const { transport, timers } = this.#deps;
    const all = portion.map(({ id }) => id);
    return new Connection(portion[0]?.workspaceId ?? '', portion, {
      transport,
      timers,
      onState: () => this.#tellStates(),
      onMessage: (cursor, message) => {
        if ('forbidden' in message) this.#goOnWithout(message.feeds);
        else this.#tell(cursor, 'caughtUp' in message ? { ...message, feeds: all } : message);
      },
    });
  }

  #isOpen(id: string): boolean {
    return this.#feeds.get(id)?.isOpen === true;
  }

  /** Its place stays where it is: should it be allowed again, nothing is missing. */
  #goOnWithout(ids: readonly string[]): void {
    for (const id of ids) {
      this.#connectionOf(id)?.drop(id);
      const feed = this.#feeds.get(id);
      if (feed) Object.assign(feed, { isOpen: false, isForbidden: true });
    }
    this.#tellStates();
  }

  #tell(cursor: string, message: LiveMessage): void {
    // Of a feed that was forbidden and is allowed by now, what came meanwhile is missing: it is opened anew.
    const ids = message.feeds.filter((id) => this.#isOpen(id));
    if (ids.length === 0) return;
    const feeds = ids.map((id) => this.#feeds.get(id));
    const since = feeds.map((feed) => feed?.toldUpTo);
    this.#deps.broadcast({ kind: 'told', cursor, since, message: { ...message, feeds: ids } });
    for (const feed of feeds) if (feed) feed.toldUpTo = cursor;
  }

  #tellStates(): void {
    const states: Record<string, LiveState> = {};
    for (const { id, isForbidden } of this.#feeds.values()) {
      states[id] = isForbidden ? 'fallback' : (this.#connectionOf(id)?.state ?? 'connecting');
    }
    this.#deps.broadcast({ kind: 'states', states });
  }
}
