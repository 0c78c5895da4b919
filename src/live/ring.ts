import type { LiveEvent } from './event.ts';

/**
 * The most recent activities, in position order, bounded by count and by bytes. It holds everything in
 * (floor, head]; what lies at or below the floor has to be read from the book.
 */
export class Ring {
  readonly #maxCount: number;
  readonly #maxBytes: number;
  #events: (LiveEvent | undefined)[] = [];
  /** Index of the oldest event; the empty places before it are dropped now and then, not one by one. */
  #start = 0;
  #bytes = 0;
  #floor = 0;
  #head = 0;

  constructor(limits: { readonly ringCount: number; readonly ringBytes: number }) {
    this.#maxCount = limits.ringCount;
    this.#maxBytes = limits.ringBytes;
  }

  get floor(): number {
    return this.#floor;
  }

  get head(): number {
    return this.#head;
  }

  get count(): number {
    return this.#events.length - this.#start;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Forgets everything and goes on after position `at`. */
  restart(at: number): void {
    this.#events = [];
    this.#start = 0;
    this.#bytes = 0;
    this.#floor = at;
    this.#head = at;
  }

  /** Takes the events that follow the head, in order. */
  push(events: readonly LiveEvent[]): void {
    for (const event of events) {
      this.#events.push(event);
      this.#bytes += event.json.length;
      this.#head = event.seq;
    }
    this.#shrink();
  }

  #shrink(): void {
    while (this.count > this.#maxCount || (this.#bytes > this.#maxBytes && this.count > 0)) {
      const oldest = this.#events[this.#start];
      if (oldest === undefined) return;
      this.#events[this.#start] = undefined;
      this.#start += 1;
      this.#bytes -= oldest.json.length;
      this.#floor = oldest.seq;
    }
    if (this.#start > this.#maxCount) {
      this.#events = this.#events.slice(this.#start);
      this.#start = 0;
    }
  }

  /** Whether everything after position `after` is still here. */
  covers(after: number): boolean {
    return after >= this.#floor;
  }

  /** The workspace's events with `after < seq <= to`, at most `limit`, in order. */
  range(workspaceId: string, after: number, to: number, limit: number): LiveEvent[] {
    const found: LiveEvent[] = [];
    for (let index = this.#indexAfter(after); index < this.#events.length && found.length < limit; index += 1) {
      const event = this.#events[index];
      if (event === undefined || event.seq > to) break;
      if (event.workspaceId === workspaceId) found.push(event);
    }
    return found;
  }

  /** Where the first event after position `after` stands. */
  #indexAfter(after: number): number {
    let low = this.#start;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const event = this.#events[middle];
      if (event !== undefined && event.seq <= after) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
