import type { FeedSet } from './feeds.ts';
import { Group } from './group.ts';
import type { Room } from './room.ts';
import type { Subscriber } from './subscriber.ts';
import type { FrameFormat, LiveSocket } from './types.ts';

/** Who is subscribed to what. A group lives as long as it has members. */
export class Registry {
  readonly #subscribers = new Map<LiveSocket, Subscriber>();
  readonly #groups = new Map<string, Group<Subscriber>>();
  readonly #byWorkspace = new Map<string, Set<Group<Subscriber>>>();
  readonly #searching = new Set<Group<Subscriber>>();
  readonly #room: Room;

  constructor(room: Room) {
    this.#room = room;
  }

  get size(): number {
    return this.#subscribers.size;
  }

  get groupCount(): number {
    return this.#groups.size;
  }

  /** Groups whose filters have search words. */
  get searching(): ReadonlySet<Group<Subscriber>> {
    return this.#searching;
  }

  groups(): Iterable<Group<Subscriber>> {
    return this.#groups.values();
  }

  /** Whether anybody follows a feed of the workspace. */
  hasAny(workspaceId: string): boolean {
    return this.#byWorkspace.has(workspaceId);
  }

  groupsOf(workspaceId: string): Iterable<Group<Subscriber>> {
    return this.#byWorkspace.get(workspaceId) ?? [];
  }

  subscribers(): Iterable<Subscriber> {
    return this.#subscribers.values();
  }

  subscriberOf(socket: LiveSocket): Subscriber | undefined {
    return this.#subscribers.get(socket);
  }

  groupFor(set: FeedSet, format: FrameFormat): Group<Subscriber> {
    const key = Group.keyOf(set, format);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const group = new Group<Subscriber>(set, format);
    this.#groups.set(key, group);
    const siblings = this.#byWorkspace.get(set.workspaceId) ?? new Set();
    this.#byWorkspace.set(set.workspaceId, siblings.add(group));
    if (set.hasSearch) this.#searching.add(group);
    return group;
  }

  add(subscriber: Subscriber): void {
    this.#subscribers.set(subscriber.socket, subscriber);
    subscriber.group.size += 1;
    this.#room.enter(subscriber.principal, subscriber.group.set);
  }

  /** Returns false when it was gone already. */
  remove(subscriber: Subscriber): boolean {
    if (!this.#subscribers.delete(subscriber.socket)) return false;
    const { group } = subscriber;
    this.#room.leave(subscriber.principal, group.set);
    group.live.delete(subscriber);
    group.size -= 1;
    if (group.size === 0) this.#drop(group);
    return true;
  }

  #drop(group: Group<Subscriber>): void {
    const { workspaceId } = group.set;
    this.#groups.delete(group.key);
    this.#searching.delete(group);
    const siblings = this.#byWorkspace.get(workspaceId);
    siblings?.delete(group);
    if (siblings?.size === 0) this.#byWorkspace.delete(workspaceId);
  }
}
