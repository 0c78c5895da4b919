/** A sleep that can be ended early. Keeps no process alive. */
export interface Nap {
  /** Resolves after so many milliseconds, or at end(). */
  sleep(ms: number): Promise<void>;
  end(): void;
}

export function createNap(): Nap {
  let wake: (() => void) | undefined;
  return {
    sleep: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => wake?.(), ms);
        timer.unref();
        wake = () => {
          clearTimeout(timer);
          wake = undefined;
          resolve();
        };
      }),
    end: () => wake?.(),
  };
}

/** Does `work` now and every so many milliseconds, one time after the other. `work` must not reject. */
export function every(ms: number, work: () => Promise<void>): { stop(): Promise<void> } {
  let working: Promise<void> | undefined;
  const start = () => {
    working ??= work().finally(() => {
      working = undefined;
    });
  };
  const timer = setInterval(start, ms);
  timer.unref();
  start();
  return {
    async stop() {
      clearInterval(timer);
      await working;
    },
  };
}
