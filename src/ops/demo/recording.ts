import type { Random } from './random.ts';
import { DAY, HOUR, MINUTE } from './story.ts';
import type { WorkingTime } from './working-time.ts';

/** Some hours in which the host of the workflows was away; what happened meanwhile was recorded when it was back. */
export interface Outage {
  readonly begins: number;
  readonly ends: number;
}

/** When the book hears of what happens in a workspace. Times are milliseconds since 1970. */
export interface Recording {
  readonly outages: readonly Outage[];
  /** Never before it happened, and in the order in which things happened but for what an outage held up. */
  heardOf(event: { readonly at: number; readonly source: string }): number;
}

/** How long ago they were, and how long they lasted: few, so that a timeline reads as it was recorded. */
const OUTAGES = [
  { ago: 96 * DAY, length: 100 * MINUTE },
  { ago: 33 * DAY, length: 3 * HOUR },
  { ago: 6 * DAY, length: 45 * MINUTE },
] as const;
/** In so long the workflows catch up. */
const CATCH_UP = 90_000;
/** How the sources begin that run there. */
const WORKFLOWS = 'n8n:';

export function createRecording(random: Random, working: WorkingTime, now: number): Recording {
  const outages = OUTAGES.map(({ ago, length }): Outage => {
    const begins = Math.round(working.next(now - ago, 0.5) + random.between(0, HOUR));
    return { begins, ends: begins + length };
  });
  return {
    outages,
    heardOf({ at, source }) {
      const outage = outages.find(({ begins, ends }) => at >= begins && at < ends);
      if (outage && source.startsWith(WORKFLOWS)) {
        return Math.round(outage.ends + ((at - outage.begins) / (outage.ends - outage.begins)) * CATCH_UP);
      }
      return Math.min(now, Math.round(at + random.between(120, 1_400)));
    },
  };
}
