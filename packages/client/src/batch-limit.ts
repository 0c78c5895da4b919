import type { Outcome } from './transport.ts';

/** How many events go into one request. */
export interface BatchLimit {
  readonly events: number;
  /** Learns from what became of a request of so many events; `failures` were there in a row before. */
  learn(outcome: Outcome, sent: number, failures: number): void;
}

/** After so many batches that passed, one may be twice as large again. */
const GROW_AFTER = 4;

/**
 * Halves it when a batch was refused as a whole, or again and again was too much: so a batch that one event spoils comes
 * down to that event, and the others pass.
 */
export function createBatchLimit(most: number): BatchLimit {
  let [events, passed] = [most, 0];
  return {
    get events() {
      return events;
    },
    learn(outcome, sent, failures) {
      const isTooMuch = outcome.kind === 'refused' || (outcome.kind === 'later' && outcome.isHeavy && failures >= 1);
      if (isTooMuch) [events, passed] = [Math.max(1, sent >> 1), 0];
      if (outcome.kind === 'judged') passed += 1;
      if (passed >= GROW_AFTER) [events, passed] = [Math.min(most, events * 2), 0];
    },
  };
}
