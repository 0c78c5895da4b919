import type { NewActivity } from '#domain/activity.ts';
import type { AppendOutcome } from '#platform/db/append.ts';
import type { AppendQueue } from '../append-queue.ts';
import { NotStored } from '../flight.ts';
import type { Breaker } from './breaker.ts';
import type { KnownEvent } from './key-memory.ts';
import { keyedId } from './keyed-id.ts';
import type { Spool } from './spool.ts';

/** What became of an activity: in the book, not for the book, or safe on this machine's disk until the book is back. */
export interface StoreOutcome {
  readonly outcome: AppendOutcome['outcome'] | 'spooled';
  readonly id: string;
  readonly occurredAt: Date;
}

export interface DurableStore {
  /** Puts a judged activity where it is durable: into the book, or into the spool when the book is away. */
  store(activity: NewActivity): Promise<StoreOutcome>;
  /** Puts an activity into the spool whose type could not be looked up; it is judged at the drain. */
  storeUnjudged(activity: NewActivity): Promise<StoreOutcome>;
}

export interface DurableStoreDeps {
  readonly queue: AppendQueue;
  readonly spool: Spool;
  readonly breaker: Breaker;
}

/**
 *   its key is in the spool ──same body──▶ duplicate, ──another──▶ conflict
 *   its key is on its way ──▶ waits for what becomes of that one
 *   the book is away ───────▶ spool
 *   else ──▶ queue ──not stored──▶ spool
 *
 * In the spool an activity without a key keeps its id: should it be in the book after all (the answer was lost), it meets
 * itself there. One with a key has the id that follows from the key, whichever process takes it; the key decides. But one
 * that was brought before, and may be in the book, keeps the id it had then.
 */
export function createDurableStore({ queue, spool, breaker }: DurableStoreDeps): DurableStore {
  const { keys } = spool;

  const onTheWay = new Map<string, Promise<void>>();

  /** Under which id the same event was brought before and may be in the book. */
  const earlierId = (activity: NewActivity): string | undefined => {
    const earlier = keys.findBrought(activity);
    return earlier?.bodyHash === activity.idempotency?.bodyHash ? earlier?.id : undefined;
  };

  const toSpool = async (activity: NewActivity, isJudged: boolean): Promise<StoreOutcome> => {
    const { idempotency, workspaceId, occurredAt } = activity;
    if (!idempotency) {
      await spool.append({ kind: 'activity', activity, isJudged });
      return { outcome: 'spooled', id: activity.id, occurredAt };
    }
    const name = nameOf(activity);
    for (let flight = onTheWay.get(name); flight; flight = onTheWay.get(name)) await flight;
    // From here to rememberSpooled nothing may wait: of two that come together both would be the first.
    const spooled = keys.findSpooled(activity);
    if (spooled) {
      const isDurable = await isFulfilled(spooled.durable);
      return isDurable ? repeatOf(spooled, idempotency.bodyHash) : toSpool(activity, isJudged);
    }
    const stored = keys.findStored(activity);
    if (stored) return repeatOf(stored, idempotency.bodyHash);
    const id = earlierId(activity) ?? keyedId(workspaceId, idempotency.key);
    const durable = spool.append({ kind: 'activity', activity: { ...activity, id }, isJudged });
    keys.rememberSpooled(activity, { id, bodyHash: idempotency.bodyHash, occurredAt, durable });
    await durable;
    return { outcome: 'spooled', id, occurredAt };
  };

  const throughQueue = async (activity: NewActivity): Promise<StoreOutcome> => {
    const { idempotency, id, occurredAt } = activity;
    if (!idempotency) return queue.add(activity);
    const land = takeOff(onTheWay, nameOf(activity));
    const { bodyHash } = idempotency;
    try {
      const outcome = await queue.add(activity);
      const isTaken = outcome.outcome === 'stored' || outcome.outcome === 'duplicate';
      if (isTaken) keys.rememberStored(activity, { ...outcome, bodyHash });
      return outcome;
    } catch (error) {
      const mayBeThere = error instanceof NotStored && error.wasSent;
      // Of several the first: what was brought before is what this one would have met.
      if (mayBeThere && earlierId(activity) === undefined) keys.rememberBrought(activity, { id, bodyHash, occurredAt });
      throw error;
    } finally {
      land();
    }
  };

  return {
    store: (activity) => {
      const isSpooled = activity.idempotency !== undefined && keys.findSpooled(activity) !== undefined;
      if (breaker.isOpen || isSpooled) return toSpool(activity, true);
      return throughQueue(activity).catch((error: unknown) => {
        if (error instanceof NotStored) return toSpool(activity, true);
        throw error;
      });
    },
    storeUnjudged: (activity) => toSpool(activity, false),
  };
}

function nameOf({ workspaceId, idempotency }: NewActivity): string {
  return `${workspaceId}\n${idempotency?.key}`;
}

/** Says that an event with this key is under way to the book, until what it gives is called. */
function takeOff(onTheWay: Map<string, Promise<void>>, name: string): () => void {
  // Of several at once the first: the book decides between them.
  if (onTheWay.has(name)) return () => undefined;
  const { promise, resolve } = Promise.withResolvers<void>();
  onTheWay.set(name, promise);
  return () => {
    onTheWay.delete(name);
    resolve();
  };
}

function repeatOf({ id, occurredAt, bodyHash }: KnownEvent, givenHash: string): StoreOutcome {
  return { outcome: bodyHash === givenHash ? 'duplicate' : 'conflict', id, occurredAt };
}

function isFulfilled(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  );
}
