import type { Principal } from '#domain/principal.ts';
import type { Group } from './group.ts';
import type { LiveSocket } from './types.ts';

/**
 *   catching ──at the head──▶ live ──socket full──▶ full ──drained──▶ catching
 *       └──────socket full──────────────────────────▲
 *   any of them ──left, revoked, too old, stalled──▶ closed
 *
 * catching: behind the head; a worker reads from the ring or the book for it.
 * live: gets the bytes of its group.
 * full: its socket takes no more; it costs nothing until it drains.
 */
export type SubscriberState = 'catching' | 'live' | 'full' | 'closed';

/** One stream: a place in the book and a socket. It has no queue, no timer and no closure of its own. */
export class Subscriber {
  readonly socket: LiveSocket;
  readonly principal: Principal;
  readonly group: Group<Subscriber>;
  /** When it is asked to connect again, on the monotonic clock. */
  readonly expiresAt: number;
  state: SubscriberState = 'catching';
  /** Everything up to here has been sent. Kept up while catching or full; for a live one the group's place counts. */
  cursor: number;
  /** Feeds that begin later than the cursor; empty once they all have begun. */
  starts: ReadonlyMap<string, number>;
  /** When it became full. */
  fullSince = 0;
  isQueued = false;
  failures = 0;

  constructor(init: {
    socket: LiveSocket;
    principal: Principal;
    group: Group<Subscriber>;
    expiresAt: number;
    cursor: number;
    starts: ReadonlyMap<string, number>;
  }) {
    this.socket = init.socket;
    this.principal = init.principal;
    this.group = init.group;
    this.expiresAt = init.expiresAt;
    this.cursor = init.cursor;
    this.starts = init.starts;
  }

  /** Whether all its feeds have begun. */
  get isSettled(): boolean {
    for (const start of this.starts.values()) if (start > this.cursor) return false;
    return true;
  }
}
