import type { ActivityView } from '#domain/activity.ts';
import { compileFilter } from '#domain/filter-match.ts';
import type { LiveMessage } from '#live/types.ts';
import type { TabDeps } from '#web/live/tab.ts';
import { LiveTab } from '#web/live/tab.ts';
import type { ChannelMessage, FeedFrom, Locks, TransportHandlers } from '#web/live/types.ts';
import { liveEvent } from './live-events.ts';

/**
 * A browser with several tabs, and the server they talk to, in one thread and in its own time: a channel between the
 * tabs, locks that are handed on when a tab dies, timers, streams. Nothing happens but in settle() and advance().
 */
export class TestBrowser {
  readonly server = new TestServer(this);
  readonly #tabs = new Set<TestTab>();
  readonly #locks = new Map<string, LockRequest[]>();
  readonly #queue: (() => void)[] = [];
  readonly #timers = new Set<{ readonly dueMs: number; readonly work: () => void }>();
  #nowMs = 0;
  #count = 0;

  openTab(options: { hasLocks?: boolean } = {}): TestTab {
    this.#count += 1;
    const tab = new TestTab(this, `tab${this.#count}`, options.hasLocks ?? true);
    this.#tabs.add(tab);
    tab.live.start();
    return tab;
  }

  /** Runs everything that is ready. */
  async settle(): Promise<void> {
    do {
      this.#queue.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.#queue.length > 0);
  }

  /** Lets time pass, with everything that is due on the way. */
  async advance(ms: number): Promise<void> {
    const until = this.#nowMs + ms;
    for (;;) {
      await this.settle();
      const [next] = [...this.#timers].filter(({ dueMs }) => dueMs <= until).sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined) break;
      this.#nowMs = next.dueMs;
      this.#timers.delete(next);
      next.work();
    }
    this.#nowMs = until;
  }

  later(work: () => void): void {
    this.#queue.push(work);
  }

  after(ms: number, work: () => void): () => void {
    const timer = { dueMs: this.#nowMs + ms, work };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  post(from: TestTab, message: ChannelMessage): void {
    const copy: ChannelMessage = structuredClone(message);
    for (const tab of this.#tabs) if (tab !== from) this.later(() => tab.receive(copy));
  }

  locksOf(tab: TestTab): Locks {
    return {
      request: (name, { signal, steal = false }, callback) =>
        new Promise((resolve, reject) => {
          const requests = this.#locks.get(name) ?? [];
          this.#locks.set(name, requests);
          const request: LockRequest = { tab, isHeld: false, callback, resolve, reject };
          if (steal) {
            for (const held of requests.filter(({ isHeld }) => isHeld)) {
              requests.splice(requests.indexOf(held), 1);
              this.later(() => held.tab.run(() => held.reject(new DOMException('stolen', 'AbortError'))));
            }
            requests.unshift(request);
          } else requests.push(request);
          signal?.addEventListener('abort', () => {
            if (request.isHeld || !requests.includes(request)) return;
            requests.splice(requests.indexOf(request), 1);
            reject(signal.reason);
          });
          this.later(() => this.#grant(name));
        }),
    };
  }

  #grant(name: string): void {
    const requests = this.#locks.get(name) ?? [];
    const [first] = requests;
    if (first === undefined || first.isHeld) return;
    first.isHeld = true;
    const free = () => {
      const index = requests.indexOf(first);
      if (index >= 0) requests.splice(index, 1);
      first.resolve();
      this.later(() => this.#grant(name));
    };
    first.tab.run(() => void first.callback().then(free, free));
  }

  /** What a browser does when a page is gone, by whatever way. */
  forget(tab: TestTab): void {
    this.#tabs.delete(tab);
    this.server.closeAllOf(tab);
    for (const [name, requests] of this.#locks) {
      this.#locks.set(
        name,
        requests.filter((request) => request.tab !== tab),
      );
      this.later(() => this.#grant(name));
    }
  }
}

interface LockRequest {
  readonly tab: TestTab;
  isHeld: boolean;
  readonly callback: () => Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

export class TestTab {
  readonly live: LiveTab;
  readonly id: string;
  isAlive = true;
  isVisible = true;
  #isFrozen = false;
  #held: (() => void)[] = [];
  #listener: (message: ChannelMessage) => void = () => undefined;
  readonly #browser: TestBrowser;

  constructor(browser: TestBrowser, id: string, hasLocks: boolean) {
    this.#browser = browser;
    this.id = id;
    const deps: TabDeps = {
      id,
      locks: hasLocks ? browser.locksOf(this) : undefined,
      openChannel: () => ({
        post: (message) => browser.post(this, message),
        listen: (listener) => {
          this.#listener = listener;
        },
        close: () => {
          this.#listener = () => undefined;
        },
      }),
      transport: (workspaceId, feeds, handlers) => browser.server.open(this, workspaceId, feeds, handlers),
      timers: { after: (ms, work) => browser.after(ms, () => this.run(work)), random: () => 0.5 },
      isVisible: () => this.isVisible,
    };
    this.live = new LiveTab(deps);
  }

  receive(message: ChannelMessage): void {
    this.run(() => this.#listener(message));
  }

  /** Runs it as the browser would: at once, when the tab is thawed, or never. */
  run(work: () => void): void {
    if (!this.isAlive) return;
    if (this.#isFrozen) this.#held.push(work);
    else work();
  }

  /** Nothing in it runs any more, but it keeps its locks: what phones do to pages behind others. */
  freeze(): void {
    this.#isFrozen = true;
  }

  /** What waited runs first, in its order. */
  thaw(): void {
    this.#browser.later(() => {
      this.#isFrozen = false;
      const held = this.#held;
      this.#held = [];
      for (const work of held) this.run(work);
    });
  }

  /** Closed by the person: the page hears of it. */
  close(): void {
    this.live.stop();
    this.crash();
  }

  /** Gone without a word. */
  crash(): void {
    this.isAlive = false;
    this.#browser.forget(this);
  }
}

interface OpenStream {
  readonly tab: TestTab;
  readonly workspaceId: string;
  readonly feeds: readonly FeedFrom[];
  /** The position after which each feed begins. */
  readonly starts: ReadonlyMap<string, number>;
  readonly handlers: TransportHandlers;
  isOpen: boolean;
}

/** Keeps the promise of the live stream: each match after the cursor once, in order, then what comes. */
export class TestServer {
  readonly #browser: TestBrowser;
  readonly #book: { readonly seq: number; readonly workspaceId: string; readonly view: ActivityView }[] = [];
  readonly #streams = new Set<OpenStream>();
  /** How many streams have been opened so far. */
  opened = 0;
  /** While set, streams are refused: for good, or for now. */
  refuses: 'final' | 'for now' | undefined;
  /** The types whose feeds are forbidden: of several feeds only theirs. */
  forbids: string | undefined;
  /** Cursors before this position are answered resync. */
  floor = 0;

  constructor(browser: TestBrowser) {
    this.#browser = browser;
  }

  get streams(): readonly OpenStream[] {
    return [...this.#streams];
  }

  get cursor(): string {
    return `1.${this.#book.length}`;
  }

  write(values: Partial<ActivityView> = {}, workspaceId = 'w'): ActivityView {
    const { seq, view } = liveEvent(this.#book.length + 1, values, workspaceId);
    this.#book.push({ seq, workspaceId, view });
    for (const stream of this.#streams) this.#send(stream, seq);
    return view;
  }

  open(tab: TestTab, workspaceId: string, asked: readonly FeedFrom[], handlers: TransportHandlers): () => void {
    const isForbidden = ({ filter }: FeedFrom) => this.forbids !== undefined && filter.types?.includes(this.forbids);
    const feeds = asked.filter((feed) => !isForbidden(feed));
    const forbidden = asked.filter(isForbidden).map(({ id }) => id);
    const head = this.#book.length;
    const isLate = ({ after }: FeedFrom) => after !== undefined && seqOf(after) < this.floor;
    const starts = new Map(
      feeds.map((feed) => [feed.id, isLate(feed) || feed.after === undefined ? head : seqOf(feed.after)]),
    );
    const stream: OpenStream = { tab, workspaceId, feeds, starts, handlers, isOpen: true };
    this.opened += 1;
    if (this.refuses) {
      const isFinal = this.refuses === 'final';
      this.#tell(stream, () => handlers.onEnd(isFinal));
      return () => this.#close(stream);
    }
    this.#streams.add(stream);
    this.#tell(stream, () => handlers.onConnected());
    if (forbidden.length > 0) this.#message(stream, head, { feeds: forbidden, forbidden: true });
    const late = feeds.filter(isLate).map(({ id }) => id);
    if (late.length > 0) this.#message(stream, head, { feeds: late, resync: true });
    for (const { seq } of this.#book) this.#send(stream, seq);
    this.#message(stream, head, { feeds: [], caughtUp: true });
    return () => this.#close(stream);
  }

  /** Breaks every stream; the client is told that it will not come back by itself. */
  drop(): void {
    for (const stream of this.#streams) {
      this.#streams.delete(stream);
      this.#tell(stream, () => stream.handlers.onEnd(false));
    }
  }

  closeAllOf(tab: TestTab): void {
    for (const stream of this.#streams) if (stream.tab === tab) this.#close(stream);
  }

  #close(stream: OpenStream): void {
    stream.isOpen = false;
    this.#streams.delete(stream);
  }

  #send(stream: OpenStream, seq: number): void {
    const entry = this.#book[seq - 1];
    if (entry === undefined || entry.workspaceId !== stream.workspaceId) return;
    const feeds = stream.feeds
      .filter(({ id, filter }) => (stream.starts.get(id) ?? 0) < seq && compileFilter(filter)(entry.view))
      .map(({ id }) => id);
    if (feeds.length > 0) this.#message(stream, seq, { feeds, activity: entry.view });
  }

  #message(stream: OpenStream, seq: number, message: LiveMessage): void {
    this.#tell(stream, () => stream.handlers.onMessage(`1.${seq}`, message));
  }

  #tell(stream: OpenStream, work: () => void): void {
    this.#browser.later(() => stream.tab.run(() => stream.isOpen && work()));
  }
}

function seqOf(cursor: string): number {
  return Number(cursor.split('.')[1]);
}
