/** Who waits until what was logged so far is settled. */
export interface Flushes {
  readonly isWanted: boolean;
  /** Resolves true when so many more events are settled, false when it is given up or `timeoutMs` are over. */
  wait(events: number, timeoutMs: number): Promise<boolean>;
  /** Looks who has waited enough. */
  check(isAllDone: boolean): void;
  giveUp(): void;
}

/** `settled` only grows: how many events were acknowledged, refused or otherwise done with. */
export function createFlushes(settled: () => number): Flushes {
  const waiting = new Map<(isDone: boolean) => void, number>();
  return {
    get isWanted() {
      return waiting.size > 0;
    },
    wait(events, timeoutMs) {
      const target = settled() + events;
      return new Promise((resolve) => {
        // Not unref'ed: whoever waits for a flush wants the process to live for so long.
        const timer = setTimeout(() => end(false), timeoutMs);
        const end = (isDone: boolean) => {
          clearTimeout(timer);
          waiting.delete(end);
          resolve(isDone);
        };
        waiting.set(end, target);
      });
    },
    check(isAllDone) {
      for (const [end, target] of [...waiting]) if (isAllDone || settled() >= target) end(true);
    },
    giveUp() {
      for (const end of [...waiting.keys()]) end(false);
    },
  };
}
