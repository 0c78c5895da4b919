import type { Clock } from '#platform/clock.ts';
import type { Logger } from '#platform/log.ts';

export interface Chore {
  readonly name: string;
  readonly everyMs: number;
  run(): Promise<void> | void;
}

/** Does `chore` again and again, one after the other, until the signal aborts. A failure is logged and tried again. */
export async function repeat(chore: Chore, clock: Clock, log: Logger, signal: AbortSignal): Promise<void> {
  while (await waited(clock, chore.everyMs, signal)) {
    try {
      await chore.run();
    } catch (error) {
      log.warn({ err: error, chore: chore.name }, 'a chore failed; it is tried again later');
    }
  }
}

async function waited(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
