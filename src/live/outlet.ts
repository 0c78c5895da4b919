import { formatStreamCursor } from '#domain/cursor.ts';
import type { Clock } from '#platform/clock.ts';
import type { Slice } from './frames.ts';
import type { Registry } from './registry.ts';
import type { Subscriber } from './subscriber.ts';
import type { LiveLimits } from './types.ts';

/** The one place that writes to sockets and closes them. */
export class Outlet {
  delivered = 0;
  resyncs = 0;
  readonly #registry: Registry;
  readonly #clock: Clock;
  readonly #limits: Pick<LiveLimits, 'maxSocketBytes'>;

  constructor(registry: Registry, clock: Clock, limits: Pick<LiveLimits, 'maxSocketBytes'>) {
    this.#registry = registry;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Writes activities. A subscriber whose socket takes no more goes from `live` or `catching` to `full`. */
  writeSlice(subscriber: Subscriber, slice: Slice): void {
    this.delivered += slice.count;
    this.#write(subscriber, slice.bytes, slice.last);
  }

  /** Tells the subscriber to read its page again for these feeds; it goes on after position `seq`. */
  writeResync(subscriber: Subscriber, feeds: readonly string[], epoch: number, seq: number): void {
    this.resyncs += 1;
    const cursor = formatStreamCursor({ epoch, seq });
    this.#write(subscriber, subscriber.group.format.resync(feeds, cursor), seq);
  }

  /** Writes bytes that no place in the book depends on, to one that reads: for a full socket they wait for nothing. */
  writeSign(subscriber: Subscriber, bytes: Buffer): void {
    if (!subscriber.socket.destroyed && subscriber.state !== 'full') subscriber.socket.write(bytes);
  }

  #write(subscriber: Subscriber, bytes: Buffer, seq: number): void {
    const { socket } = subscriber;
    if (socket.destroyed) return;
    // Only a write that returned false is followed by 'drain'; it also returns false when all went out at once.
    if (socket.write(bytes) || socket.writableLength <= this.#limits.maxSocketBytes) return;
    subscriber.group.live.delete(subscriber);
    subscriber.state = 'full';
    subscriber.cursor = seq;
    subscriber.fullSince = this.#clock.monotonicMs();
  }

  /** Ends the stream. Its client will connect again. */
  close(subscriber: Subscriber): void {
    subscriber.state = 'closed';
    this.#registry.remove(subscriber);
    const { socket } = subscriber;
    // What waits in a socket that nobody reads would keep it, and its memory, for ever.
    if (socket.writableLength > 0) socket.destroy();
    else socket.end();
  }
}
