import type { Clock } from '#platform/clock.ts';

export interface PauseOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  /** Between two questions whether there is something to do. */
  readonly gapMs: number;
  readonly isWoken: () => Promise<boolean>;
  readonly signal: AbortSignal;
}

/** The rest between two rounds of work: as long as the interval, or until a nudge after which there is something to do. */
export interface Pause {
  wait(): Promise<void>;
  nudge(): void;
}

export function createPause({ clock, intervalMs, gapMs, isWoken, signal }: PauseOptions): Pause {
  let isNudged = false;
  let onNudge: () => void = () => undefined;

  /** Resolves when somebody has nudged since it was asked last, or the time is over. */
  const nudgeOr = async (ms: number) => {
    if (isNudged) return;
    const rest = new AbortController();
    const nudged = new Promise<void>((resolve) => {
      onNudge = resolve;
    });
    const slept = clock.sleep(ms, AbortSignal.any([signal, rest.signal])).catch(() => undefined);
    await Promise.race([nudged, slept]);
    rest.abort();
  };

  return {
    nudge() {
      isNudged = true;
      onNudge();
    },
    async wait() {
      const until = clock.monotonicMs() + intervalMs;
      while (!signal.aborted) {
        const left = until - clock.monotonicMs();
        if (left <= 0) return;
        await nudgeOr(left);
        if (!isNudged) continue;
        isNudged = false;
        // Nobody answers while the database is away: then it is asked again by the next nudge, or the next round.
        if (await isWoken().catch(() => false)) return;
        await clock.sleep(Math.min(gapMs, left), signal).catch(() => undefined);
      }
    },
  };
}
