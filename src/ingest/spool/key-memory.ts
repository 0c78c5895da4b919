import type { NewActivity } from '#domain/activity.ts';
import type { Segment } from './segment.ts';

/** What is known of an event with an idempotency key that this process has taken. */
export interface KnownEvent {
  readonly id: string;
  readonly bodyHash: string;
  readonly occurredAt: Date;
}

/** One that waits in the spool. */
export interface SpooledEvent extends KnownEvent {
  /** Resolves once it is on the disk; rejects when it could not be put there. */
  readonly durable: Promise<Segment>;
}

/**
 * The keys of events that this process has taken, so that a repeat is answered as one, and another body under the key
 * refused, while the database that knows all keys is away: those that wait in the spool, and those that went into the book
 * lately. Bounded; what is forgotten, or was taken by another process, is settled at the drain.
 */
export interface KeyMemory {
  findSpooled(activity: NewActivity): SpooledEvent | undefined;
  rememberSpooled(activity: NewActivity, event: SpooledEvent): void;
  /** The segment is drained: the database knows its keys now. */
  forget(segment: Segment): void;
  findStored(activity: NewActivity): KnownEvent | undefined;
  rememberStored(activity: NewActivity, event: KnownEvent): void;
}

const MAX_SPOOLED = 300_000;
/** A repeat comes within seconds or minutes of the first. */
const MAX_STORED = 20_000;

export function createKeyMemory(maxSpooled: number = MAX_SPOOLED, maxStored: number = MAX_STORED): KeyMemory {
  const spooled = new Map<string, SpooledEvent>();
  const stored = new Map<string, KnownEvent>();
  const keysIn = new Map<Segment, string[]>();

  return {
    findSpooled: (activity) => (spooled.size > 0 ? spooled.get(keyOf(activity)) : undefined),
    rememberSpooled(activity, event) {
      const key = keyOf(activity);
      put(spooled, key, event, maxSpooled);
      event.durable.then(
        (segment) => {
          const keys = keysIn.get(segment);
          if (keys) keys.push(key);
          else keysIn.set(segment, [key]);
        },
        () => {
          if (spooled.get(key) === event) spooled.delete(key);
        },
      );
    },
    forget(segment) {
      for (const key of keysIn.get(segment) ?? []) spooled.delete(key);
      keysIn.delete(segment);
    },
    findStored: (activity) => stored.get(keyOf(activity)),
    rememberStored: (activity, event) => put(stored, keyOf(activity), event, maxStored),
  };
}

function keyOf({ workspaceId, idempotency }: NewActivity): string {
  return `${workspaceId}\n${idempotency?.key}`;
}

/** A Map iterates in the order of insertion, so the first is the oldest. */
function put<T>(map: Map<string, T>, key: string, value: T, max: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= max) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}
