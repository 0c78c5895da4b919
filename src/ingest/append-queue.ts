import type { NewActivity } from '#domain/activity.ts';
import type { AppendOutcome } from '#platform/db/append.ts';

/**
 * Micro-batching without a timer.
 *
 *   add() ──▶ waiting ──take up to maxRows──▶ flight 1 ─┐
 *                       └────────────────────▶ flight 2 ─┴──lands──▶ its promises settle, the next flight leaves
 *
 * An idle queue sends at once, so a lone event waits for nobody. Under load events gather while flights are out, so
 * batches grow with the load. Two flights, because the append lane lets one commit at a time: the second prepares
 * (parses, resolves leads, takes keys) while the first one commits; a third would only wait. The second leaves when it has
 * as many on board as the first, or when that one lands: sooner it would go nearly empty, and wait for the lane.
 */
export interface AppendQueue {
  /** Resolves when the activity is durable, with what became of it; rejects when it could not be stored. */
  add(activity: NewActivity): Promise<AppendOutcome>;
  /** Activities waiting or in flight. */
  readonly depth: number;
  /** Rejects, with `reason`, everything that has not departed yet. */
  turnBack(reason: Error): void;
  /** Resolves when everything added so far has settled. */
  drained(): Promise<void>;
}

export interface AppendQueueOptions {
  readonly maxFlights?: number;
  readonly maxRows?: number;
  /** Stores a batch; answers an outcome or an error for each activity, in order. Must not reject. */
  readonly fly: (batch: readonly NewActivity[]) => Promise<readonly (AppendOutcome | Error)[]>;
}

interface Entry {
  readonly activity: NewActivity;
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (error: Error) => void;
}

export function createAppendQueue({ fly, maxFlights = 2, maxRows = 1000 }: AppendQueueOptions): AppendQueue {
  let waiting: Entry[] = [];
  let inFlight = 0;
  let flights = 0;
  let scheduled = false;
  let onDrained: (() => void)[] = [];

  const mayDepart = () => flights < maxFlights && waiting.length > 0 && waiting.length >= inFlight;

  const land = (batch: readonly Entry[], outcomes: readonly (AppendOutcome | Error)[]) => {
    for (const [i, entry] of batch.entries()) {
      const outcome = outcomes[i] ?? new Error('the batch came back without an outcome for this activity');
      if (outcome instanceof Error) entry.reject(outcome);
      else entry.resolve(outcome);
    }
  };

  const depart = () => {
    scheduled = false;
    while (mayDepart()) {
      const batch = waiting.slice(0, maxRows);
      waiting = waiting.slice(maxRows);
      flights += 1;
      inFlight += batch.length;
      void fly(batch.map((entry) => entry.activity)).then((outcomes) => {
        flights -= 1;
        inFlight -= batch.length;
        land(batch, outcomes);
        depart();
      });
    }
    if (flights === 0 && waiting.length === 0) {
      for (const resolve of onDrained) resolve();
      onDrained = [];
    }
  };

  return {
    get depth() {
      return waiting.length + inFlight;
    },
    add(activity) {
      return new Promise((resolve, reject) => {
        waiting.push({ activity, resolve, reject });
        // Everything that was read from the sockets in this turn of the event loop leaves together.
        if (!scheduled && mayDepart()) {
          scheduled = true;
          setImmediate(depart);
        }
      });
    },
    turnBack(reason) {
      const turned = waiting;
      waiting = [];
      for (const entry of turned) entry.reject(reason);
    },
    drained() {
      return new Promise((resolve) => {
        onDrained.push(resolve);
        if (!scheduled) depart();
      });
    },
  };
}
