import type { Clock } from '#platform/clock.ts';

/** Why a sleep ended early. One for all, because a DOMException with its stack would cost more than the rest. */
const RUNG = new Error('rung');

/** One sleeper that can be woken. A ring while nobody sleeps is remembered, so that no wake-up is lost. */
export class Bell {
  #rung = false;
  #sleeper: AbortController | undefined;

  ring(): void {
    this.#rung = true;
    this.#sleeper?.abort(RUNG);
  }

  /** Forgets that it was rung: what it was rung for is about to be looked at. */
  hush(): void {
    this.#rung = false;
  }

  /** Resolves when rung, after `ms` milliseconds, or when `signal` aborts, whichever is first. */
  async sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      this.#sleeper = new AbortController();
      const wake = () => this.#sleeper?.abort(RUNG);
      signal.addEventListener('abort', wake, { once: true });
      await clock.sleep(ms, this.#sleeper.signal).catch(() => undefined);
      signal.removeEventListener('abort', wake);
      this.#sleeper = undefined;
    }
    this.#rung = false;
  }
}
