/**
 * Whether the book can be reached, as far as this process knows.
 *
 *   closed ──a flight finds the database away──▶ open ──the drain, or its probe, gets something through──▶ closed
 *
 * While it is open nothing is sent to the database but what the drain tries, with growing waits; events go to the spool at
 * once, so that an acknowledgement does not wait for a connection that will fail.
 */
export interface Breaker {
  readonly isOpen: boolean;
  /** Why and since when it is open. */
  readonly outage: Outage | undefined;
  trip(reason: unknown): void;
  close(): void;
  /** Calls `listener` when it opens and when it closes. */
  subscribe(listener: (isOpen: boolean) => void): () => void;
}

export interface Outage {
  readonly since: Date;
  readonly reason: string;
}

export interface BreakerOptions {
  readonly now: () => Date;
  /** Open from the start: the database has not been reached yet. */
  readonly outage?: string;
}

export function createBreaker({ now, outage: initial }: BreakerOptions): Breaker {
  const listeners = new Set<(isOpen: boolean) => void>();
  let outage: Outage | undefined = initial === undefined ? undefined : { since: now(), reason: initial };
  const tell = () => {
    for (const listener of listeners) listener(outage !== undefined);
  };
  return {
    get isOpen() {
      return outage !== undefined;
    },
    get outage() {
      return outage;
    },
    trip(reason) {
      if (outage) return;
      outage = { since: now(), reason: reason instanceof Error ? reason.message : String(reason) };
      tell();
    },
    close() {
      if (!outage) return;
      outage = undefined;
      tell();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
