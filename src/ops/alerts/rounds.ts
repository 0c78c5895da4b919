import type { Clock } from '#platform/clock.ts';
import { isDatabaseAway } from '#platform/db/away.ts';

export interface RoundsDeps {
  readonly clock: Pick<Clock, 'sleep'>;
  /** Says how this process is: rules judge by it. */
  readonly say: () => Promise<unknown>;
  readonly evaluate: (signal: AbortSignal) => Promise<unknown>;
  /** How long until every process has said how its spool is, once the database is there. */
  readonly hearMs: number;
}

/**
 * A round of rules, to be done again and again. What processes say of their spools is as old as the outage when the
 * database comes back, or when this process starts: each gets its turn before anything is judged by it.
 */
export function createRounds({ clock, say, evaluate, hearMs }: RoundsDeps): (signal: AbortSignal) => Promise<void> {
  let hasHeard = false;
  return async (signal) => {
    try {
      await say();
      if (!hasHeard) {
        await clock.sleep(hearMs, signal).catch(() => undefined);
        if (signal.aborted) return;
        await say();
        hasHeard = true;
      }
      await evaluate(signal);
    } catch (error) {
      if (isDatabaseAway(error)) hasHeard = false;
      throw error;
    }
  };
}
