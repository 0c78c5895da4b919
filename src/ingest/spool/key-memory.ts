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
  /** The segment is lost to the program: its events come into the book only by a repeat, so none is answered as one. */
  lose(segment: Segment): void;
  findStored(activity: NewActivity): KnownEvent | undefined;
  rememberStored(activity: NewActivity, event: KnownEvent): void;
  /** It was brought to the book, by the drain or without an answer: it may be there, under this id. */
  findBrought(activity: NewActivity): KnownEvent | undefined;
  rememberBrought(activity: NewActivity, event: KnownEvent): void;
}

const MAX_SPOOLED = 300_000;
/** A repeat comes within seconds or minutes of the first. */
const MAX_STORED = 20_000;

export function createKeyMemory(maxSpooled: number = MAX_SPOOLED, maxStored: number = MAX_STORED): KeyMemory {
  const { entries: spooled, put: putSpooled } = createBoundedMap<SpooledEvent>(maxSpooled);
  const { entries: stored, put: putStored } = createBoundedMap<KnownEvent>(maxStored);
  const { entries: brought, put: putBrought } = createBoundedMap<KnownEvent>(maxStored);
  const keysIn = new Map<Segment, string[]>();

  return {
    findSpooled: (activity) => (spooled.size > 0 ? spooled.get(keyOf(activity)) : undefined),
    rememberSpooled(activity, event) {
      const key = keyOf(activity);
      putSpooled(key, event);
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
      for (const key of keysIn.get(segment) ?? []) {
        const event = spooled.get(key);
        spooled.delete(key);
        if (event) putBrought(key, { id: event.id, bodyHash: event.bodyHash, occurredAt: event.occurredAt });
      }
      keysIn.delete(segment);
    },
    lose(segment) {
      for (const key of keysIn.get(segment) ?? []) spooled.delete(key);
      keysIn.delete(segment);
    },
    findStored: (activity) => stored.get(keyOf(activity)),
    rememberStored: (activity, event) => putStored(keyOf(activity), event),
    findBrought: (activity) => brought.get(keyOf(activity)),
    rememberBrought: (activity, event) => putBrought(keyOf(activity), event),
  };
}

function keyOf({ workspaceId, idempotency }: NewActivity): string {
  return `${workspaceId}\n${idempotency?.key}`;
}

interface BoundedMap<T> {
  readonly entries: Map<string, T>;
  put(key: string, value: T): void;
}

/**
 * Forgets what was put longest ago. One iterator for its whole life: it goes on behind what it has met, however entries
 * come and go, while a new one each time would walk past the gaps of thousands that are gone (8 µs an event).
 */
function createBoundedMap<T>(max: number): BoundedMap<T> {
  const entries = new Map<string, T>();
  const oldestFirst = entries.keys();
  return {
    entries,
    put(key, value) {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size <= max) return;
      const oldest = oldestFirst.next();
      if (!oldest.done) entries.delete(oldest.value);
    },
  };
}
