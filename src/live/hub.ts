import type { Pool } from 'pg';
import { formatStreamCursor } from '#domain/cursor.ts';
import type { Principal } from '#domain/principal.ts';
import type { Clock } from '#platform/clock.ts';
import type { Logger } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Bell } from './bell.ts';
import { CatchUp, type History } from './catch-up.ts';
import { DeliveryTimes } from './delivery-times.ts';
import type { LiveEvent } from './event.ts';
import { type Book, type FeedSet, type Found, NOTHING_FOUND, type Plan } from './feeds.ts';
import type { Group } from './group.ts';
import { Outlet } from './outlet.ts';
import { Registry } from './registry.ts';
import { Ring } from './ring.ts';
import { Room } from './room.ts';
import { SearchRounds } from './search-rounds.ts';
import { Searches } from './searches.ts';
import { Subscriber } from './subscriber.ts';
import type { TailListener, TailStats } from './tail.ts';
import type { FrameFormat, LiveLimits, LiveSocket, LiveStats, MatchSearch } from './types.ts';

export interface HubDeps {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly matchSearch: MatchSearch;
  readonly limits: LiveLimits;
  readonly metrics?: Pick<Metrics, 'delivery'>;
}

/** A reader in this process that follows by itself: the hub only wakes it. */
export interface Follower {
  readonly principal: Principal;
  readonly set: FeedSet;
  readonly bell: Bell;
  isClosed: boolean;
}

/**
 * Takes what the tail reads and gives it to every subscriber. Everything that decides who gets what happens in one
 * turn of the event loop per batch, so that nobody can join or leave in the middle of it.
 */
export class Hub implements TailListener {
  readonly history: History;
  readonly #deps: HubDeps;
  readonly #ring: Ring;
  readonly #room: Room;
  readonly #registry: Registry;
  readonly #outlet: Outlet;
  readonly #catchUp: CatchUp;
  readonly #rounds: SearchRounds;
  readonly #followers = new Set<Follower>();
  readonly #onDrain: (this: LiveSocket) => void;
  readonly #onClose: (this: LiveSocket) => void;
  #epoch: number | undefined;
  #deliveryMs: number[] = [];
  readonly #times = new DeliveryTimes();
  #begunAt = 0;

  constructor(deps: HubDeps) {
    const { pool, clock, log, limits } = deps;
    this.#deps = deps;
    this.#ring = new Ring(limits);
    this.#room = new Room(limits);
    this.#registry = new Registry(this.#room);
    this.history = { pool, ring: this.#ring, searches: new Searches(deps.matchSearch, clock) };
    this.#outlet = new Outlet(this.#registry, clock, limits);
    this.#catchUp = new CatchUp({
      history: this.history,
      outlet: this.#outlet,
      clock,
      log,
      limits,
      epoch: () => this.#epoch ?? 0,
      headOf: (group) => this.#headOf(group),
      onCaughtUp: (subscriber) => this.#goLive(subscriber),
    });
    this.#rounds = new SearchRounds({
      registry: this.#registry,
      ring: this.#ring,
      searches: this.history.searches,
      log,
      deliver: (group, events, found) => this.#deliver(group, events, found),
      onMissed: (group, from, canCatchUp) => this.#onMissed(group, from, canCatchUp),
      onMoved: () => this.#catchUp.onMoved(),
    });
    // One listener each for all sockets: a closure per subscriber would cost more memory than the subscriber.
    const hub = this;
    this.#onDrain = function onDrain() {
      hub.#drained(this);
    };
    this.#onClose = function onClose() {
      hub.#left(this);
    };
  }

  /** The book as this process has read it; undefined before the first read. */
  get book(): Book | undefined {
    return this.#epoch === undefined ? undefined : { epoch: this.#epoch, head: this.#ring.head };
  }

  isWanted(): boolean {
    return this.#registry.size > 0 || this.#followers.size > 0;
  }

  onStart(epoch: number, at: number): void {
    const isSameBook = this.#epoch === undefined || this.#epoch === epoch;
    // Those who are live have been served up to the old head; where reading begins again must not matter to them.
    for (const group of this.#registry.groups()) this.#onMissed(group, this.#headOf(group), true);
    this.#epoch = epoch;
    this.#begunAt = this.#deps.clock.now().getTime();
    this.#ring.restart(at);
    this.#rounds.restart();
    if (!isSameBook) {
      for (const subscriber of this.#registry.subscribers()) this.#catchUp.resync(subscriber, at);
    }
    for (const { bell } of this.#followers) bell.ring();
  }

  onEvents(events: readonly LiveEvent[]): void {
    this.#ring.push(events);
    for (const [workspaceId, ofWorkspace] of Map.groupBy(events, (event) => event.workspaceId)) {
      for (const group of this.#registry.groupsOf(workspaceId)) {
        if (!group.set.hasSearch) this.#deliver(group, ofWorkspace, NOTHING_FOUND);
      }
    }
    this.#rounds.wake();
    this.#catchUp.onMoved();
    for (const { bell } of this.#followers) bell.ring();
    this.#noteDelivery(events);
  }

  /**
   * The oldest of a batch has waited longest. What was there before anybody followed has waited for nobody. Noted once per batch
   * and not per socket, of whatever was read: which feeds an event is of, and how fast each reader takes it, is another matter.
   */
  #noteDelivery(events: readonly LiveEvent[]): void {
    const ms = this.#waitedMs(events[0]);
    if (!this.isWanted() || ms === undefined) return;
    this.#deps.metrics?.delivery(ms / 1000);
    this.#deliveryMs.push(ms);
    if (this.#deliveryMs.length > DELIVERIES_KEPT) this.#deliveryMs.shift();
    const seen = new Set<string>();
    for (const event of events) {
      const { workspaceId, view } = event;
      const source = `${workspaceId} ${view.source}`;
      if (seen.has(source) || !this.#registry.hasAny(workspaceId)) continue;
      seen.add(source);
      const ofSource = this.#waitedMs(event);
      if (ofSource !== undefined) this.#times.note(workspaceId, view.source, ofSource);
    }
  }

  /** Since it was recorded, in milliseconds; undefined when that was before this process began to read. */
  #waitedMs(event: LiveEvent | undefined): number | undefined {
    const recordedAt = Date.parse(event?.view.recordedAt ?? '');
    return recordedAt >= this.#begunAt ? Math.max(0, this.#deps.clock.now().getTime() - recordedAt) : undefined;
  }

  /** By source of the workspace: from recorded until it had been read for open feeds, of the last ones, in milliseconds. */
  deliveriesOf(workspaceId: string): ReadonlyMap<string, readonly number[]> {
    return this.#times.of(workspaceId);
  }

  /** @throws AppError RATE_LIMITED or UNAVAILABLE when there is no room for one more of the principal, or of anybody. */
  assertRoom(principal: Principal, set: FeedSet): void {
    this.#room.assertFor(principal, set);
  }

  /** Begins the stream on a response whose head has been sent. */
  subscribe(socket: LiveSocket, principal: Principal, set: FeedSet, plan: Plan, format: FrameFormat): void {
    if (set.hasSearch && this.#registry.searching.size === 0) this.#rounds.restart();
    const group = this.#registry.groupFor(set, format);
    const { from: cursor, starts } = plan;
    const subscriber = new Subscriber({ socket, principal, group, expiresAt: this.#expiry(), cursor, starts });
    this.#registry.add(subscriber);
    socket.on('drain', this.#onDrain);
    socket.on('close', this.#onClose);
    socket.write(format.opening());
    if (plan.forbidden.length > 0) {
      const at = formatStreamCursor({ epoch: plan.epoch, seq: cursor });
      socket.write(format.forbidden(plan.forbidden, at));
    }
    if (plan.epoch !== this.#epoch) this.#catchUp.resync(subscriber, this.#ring.head);
    else if (plan.resync.length > 0) this.#outlet.writeResync(subscriber, plan.resync, plan.epoch, cursor);
    this.#catchUp.add(subscriber);
  }

  addFollower(follower: Follower): void {
    this.#followers.add(follower);
    this.#room.enter(follower.principal, follower.set);
  }

  removeFollower(follower: Follower): void {
    if (this.#followers.delete(follower)) this.#room.leave(follower.principal, follower.set);
  }

  /** Shows every stream that it is alive; closes those that are too old or have not been read for too long. */
  beat(): void {
    const now = this.#deps.clock.monotonicMs();
    for (const subscriber of [...this.#registry.subscribers()]) {
      const hasStalled = subscriber.state === 'full' && now - subscriber.fullSince > this.#deps.limits.maxStallMs;
      if (hasStalled || now > subscriber.expiresAt) this.#outlet.close(subscriber);
      else if (subscriber.state === 'catching') this.#outlet.writeSign(subscriber, subscriber.group.format.ping);
    }
    for (const group of this.#registry.groups()) {
      const head = this.#headOf(group);
      const sign = head > group.toldUpTo ? group.format.caughtUp(this.#cursor(head)) : group.format.ping;
      group.toldUpTo = head;
      for (const subscriber of group.live) this.#outlet.writeSign(subscriber, sign);
    }
  }

  closeWhere(predicate: (principal: Principal) => boolean): number {
    const subscribers = [...this.#registry.subscribers()].filter(({ principal }) => predicate(principal));
    for (const subscriber of subscribers) this.#outlet.close(subscriber);
    const followers = [...this.#followers].filter(({ principal }) => predicate(principal));
    for (const follower of followers) {
      follower.isClosed = true;
      follower.bell.ring();
    }
    return subscribers.length + followers.length;
  }

  stats(): Omit<LiveStats, keyof TailStats> {
    const states = Map.groupBy(this.#registry.subscribers(), ({ state }) => state);
    return {
      subscribers: this.#registry.size + this.#followers.size,
      groups: this.#registry.groupCount,
      catchingUp: states.get('catching')?.length ?? 0,
      stalled: states.get('full')?.length ?? 0,
      cursor: this.#epoch === undefined ? undefined : this.#cursor(this.#ring.head),
      ringCount: this.#ring.count,
      ringBytes: this.#ring.bytes,
      delivered: this.#outlet.delivered,
      resyncs: this.#outlet.resyncs,
      refused: this.#room.refused,
      deliveryMs: [...this.#deliveryMs],
    };
  }

  #headOf(group: Group<Subscriber>): number {
    return group.set.hasSearch ? this.#rounds.head : this.#ring.head;
  }

  #cursor(seq: number): string {
    return formatStreamCursor({ epoch: this.#epoch ?? 0, seq });
  }

  #deliver(group: Group<Subscriber>, events: readonly LiveEvent[], found: Found): void {
    if (group.live.size === 0) return;
    const { sliceBytes } = this.#deps.limits;
    for (const slice of group.slices(events, found, this.#epoch ?? 0, sliceBytes)) {
      for (const subscriber of group.live) this.#outlet.writeSlice(subscriber, slice);
    }
  }

  #onMissed(group: Group<Subscriber>, from: number, canCatchUp: boolean): void {
    for (const subscriber of [...group.live]) {
      if (!canCatchUp) {
        this.#catchUp.resync(subscriber, this.#headOf(group));
        continue;
      }
      group.live.delete(subscriber);
      subscriber.state = 'catching';
      subscriber.cursor = from;
      this.#catchUp.add(subscriber);
    }
  }

  /** Spread over the last quarter of the age, so that streams opened together do not come back together. */
  #expiry(): number {
    return this.#deps.clock.monotonicMs() + this.#deps.limits.maxAgeMs * (0.75 + 0.25 * Math.random());
  }

  #goLive(subscriber: Subscriber): void {
    subscriber.state = 'live';
    subscriber.starts = NO_STARTS;
    subscriber.group.live.add(subscriber);
    this.#outlet.writeSign(subscriber, subscriber.group.format.caughtUp(this.#cursor(subscriber.cursor)));
  }

  #drained(socket: LiveSocket): void {
    const subscriber = this.#registry.subscriberOf(socket);
    if (subscriber?.state !== 'full') return;
    subscriber.state = 'catching';
    this.#catchUp.add(subscriber);
  }

  #left(socket: LiveSocket): void {
    const subscriber = this.#registry.subscriberOf(socket);
    if (subscriber === undefined) return;
    subscriber.state = 'closed';
    this.#registry.remove(subscriber);
  }
}

const DELIVERIES_KEPT = 500;
const NO_STARTS: ReadonlyMap<string, number> = new Map();
