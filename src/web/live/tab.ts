import type { ActivityFilter } from '#domain/filter.ts';
import { earlier } from './cursor-order.ts';
import { Election } from './election.ts';
import { feedId } from './feed-id.ts';
import { type Follower, take } from './follower.ts';
import { Leader } from './leader.ts';
import type {
  Channel,
  ChannelMessage,
  FeedListener,
  LeaderMessage,
  LiveState,
  Locks,
  TabMessage,
  Timers,
  Told,
  Transport,
  Want,
} from './types.ts';

export interface TabDeps {
  readonly id: string;
  readonly openChannel: () => Channel;
  readonly locks: Locks | undefined;
  readonly transport: Transport;
  readonly timers: Timers;
  /** Whether somebody can see this tab: only then it insists on a leader that answers. */
  readonly isVisible: () => boolean;
}

/** A leader that says nothing for this long when spoken to is frozen or gone. */
const ANSWER_MS = 3_000;
/** How often a tab that follows something makes sure that there is a leader. */
const CHECK_MS = 20_000;

/** How long a follower waits for what lies between its place and what the others are told. */
const GAP_MS = 2_000;

interface LocalFeed {
  readonly workspaceId: string;
  readonly filter: ActivityFilter;
  readonly followers: Set<Follower>;
  version: number;
  state: LiveState;
}

/**
 * One tab's part in the live stream. All tabs tell the one that leads what they want and listen to what it was told;
 * this one may be that one. Each follower here gets each activity after its own cursor once, in order, whoever leads.
 */
export class LiveTab {
  readonly #deps: TabDeps;
  readonly #feeds = new Map<string, LocalFeed>();
  readonly #election: Election;
  #channel: Channel | undefined;
  #leader: Leader | undefined;
  #presence: AbortController | undefined;
  #isPresent = false;
  #version = 0;
  #cancelSend: (() => void) | undefined;
  #cancelAnswer: (() => void) | undefined;
  #cancelCheck: (() => void) | undefined;
  #cancelAskAgain: (() => void) | undefined;

  constructor(deps: TabDeps) {
    this.#deps = deps;
    this.#election = new Election({
      locks: deps.locks,
      onElected: () => this.#lead(),
      onDeposed: () => {
        this.#leader?.stop();
        this.#leader = undefined;
      },
    });
  }

  /** Follows until the returned function is called. `after` is the cursor of the page that the listener shows. */
  follow(
    { workspaceId, filter, after }: { workspaceId: string; filter: ActivityFilter; after: string | undefined },
    listener: FeedListener,
  ): () => void {
    const id = feedId(workspaceId, filter);
    const feed = this.#feeds.get(id) ?? { workspaceId, filter, followers: new Set(), version: 0, state: 'connecting' };
    const follower: Follower = { cursor: after, waits: false, listener };
    this.#feeds.set(id, feed);
    feed.followers.add(follower);
    feed.version = this.#nextVersion();
    listener.onState(feed.state);
    this.#sendSoon();
    return () => {
      feed.followers.delete(follower);
      if (feed.followers.size === 0) this.#feeds.delete(id);
      this.#sendSoon();
    };
  }

  /** Takes part: from now on this tab may lead. */
  start(): void {
    if (this.#presence) return;
    const presence = new AbortController();
    this.#presence = presence;
    if (this.#deps.locks) {
      this.#channel = this.#deps.openChannel();
      this.#channel.listen((message) => this.#receive(message));
      void this.#showPresence(this.#deps.locks, presence.signal);
    } else this.#isPresent = true;
    this.#election.start();
    this.#sendSoon();
    this.#checkAgain();
  }

  /** Steps aside, as before the page is closed or put away; start() takes part again. */
  stop(): void {
    this.#post({ kind: 'gone', tab: this.#deps.id });
    const cancels = [this.#cancelSend, this.#cancelAnswer, this.#cancelCheck, this.#cancelAskAgain];
    for (const cancel of cancels) cancel?.();
    this.#cancelSend = undefined;
    this.#cancelAnswer = undefined;
    this.#cancelAskAgain = undefined;
    this.#election.stop();
    this.#presence?.abort();
    this.#presence = undefined;
    this.#isPresent = false;
    this.#channel?.close();
    this.#channel = undefined;
  }

  /** Somebody looks, or the network is back: makes sure of the leader, and that it tries. */
  wake(): void {
    this.#leader?.retryNow();
    this.#sendSoon();
  }

  /** The browser ends this lock with the tab, however the tab ends: that is how the leader learns of it. */
  async #showPresence(locks: Locks, signal: AbortSignal): Promise<void> {
    const hold = () =>
      new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve());
        this.#isPresent = !signal.aborted;
        this.#sendSoon();
      });
    await locks.request(presenceLock(this.#deps.id), {}, hold).catch(() => undefined);
  }

  #lead(): void {
    const watched = new Set<string>();
    const leader = new Leader({
      transport: this.#deps.transport,
      timers: this.#deps.timers,
      broadcast: (message) => {
        this.#channel?.post(message);
        this.#hear(message);
      },
    });
    this.#leader = leader;
    this.#watch = (tab) => {
      if (tab === this.#deps.id || watched.has(tab)) return;
      watched.add(tab);
      const onFree = async () => {
        watched.delete(tab);
        leader.onGone(tab);
      };
      this.#deps.locks?.request(presenceLock(tab), {}, onFree).catch(() => undefined);
    };
    this.#send();
  }

  #watch: (tab: string) => void = () => undefined;

  #receive(message: ChannelMessage): void {
    if (message.kind === 'wants') {
      if (!this.#leader) return;
      this.#leader.onWants(message.tab, message.wants);
      this.#watch(message.tab);
    } else if (message.kind === 'gone') this.#leader?.onGone(message.tab);
    else this.#hear(message);
  }

  #hear(message: LeaderMessage): void {
    this.#cancelAnswer?.();
    this.#cancelAnswer = undefined;
    if (message.kind === 'leads') this.#sendSoon();
    else if (message.kind === 'states') this.#takeStates(message.states);
    else this.#take(message);
  }

  #takeStates(states: Readonly<Record<string, LiveState>>): void {
    for (const [id, feed] of this.#feeds) {
      const state = states[id];
      if (state === undefined || state === feed.state) continue;
      feed.state = state;
      for (const { listener } of feed.followers) listener.onState(state);
    }
  }

  #take(told: Told): void {
    for (const [index, id] of told.message.feeds.entries()) {
      for (const follower of this.#feeds.get(id)?.followers ?? []) {
        if (take(follower, told, told.since[index]) === 'gap') this.#askAgainLater();
      }
    }
  }

  /** The leader replays for who has just come. If it does not, something was lost between the tabs: then it is asked. */
  #askAgainLater(): void {
    this.#cancelAskAgain ??= this.#deps.timers.after(GAP_MS, () => {
      this.#cancelAskAgain = undefined;
      for (const feed of this.#feeds.values()) {
        if (Array.from(feed.followers).some(({ waits }) => waits)) feed.version = this.#nextVersion();
      }
      this.#sendSoon();
    });
  }

  /** What happens in one go is told in one message. */
  #sendSoon(): void {
    this.#cancelSend ??= this.#deps.timers.after(0, () => this.#send());
  }

  #send(): void {
    this.#cancelSend?.();
    this.#cancelSend = undefined;
    // Whom the leader hears of before his lock is there would count as dead.
    if (!this.#isPresent) return;
    this.#post({ kind: 'wants', tab: this.#deps.id, wants: this.#wants() });
    if (this.#leader || this.#feeds.size === 0 || !this.#deps.isVisible()) return;
    this.#cancelAnswer ??= this.#deps.timers.after(ANSWER_MS, () => {
      this.#cancelAnswer = undefined;
      if (this.#deps.isVisible()) this.#election.steal();
    });
  }

  #wants(): Want[] {
    return Array.from(this.#feeds, ([id, { workspaceId, filter, followers, version }]) => {
      const after = Array.from(followers, ({ cursor }) => cursor).reduce(earlier, undefined);
      return { id, workspaceId, filter, after, version };
    });
  }

  #nextVersion(): number {
    this.#version += 1;
    return this.#version;
  }

  #post(message: TabMessage): void {
    if (this.#leader) this.#receive(message);
    else this.#channel?.post(message);
  }

  #checkAgain(): void {
    this.#cancelCheck = this.#deps.timers.after(CHECK_MS, () => {
      if (!this.#leader && this.#feeds.size > 0) this.#sendSoon();
      this.#checkAgain();
    });
  }
}

function presenceLock(tab: string): string {
  return `historybook-live-tab-${tab}`;
}
