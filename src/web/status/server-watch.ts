import type { Timers } from '../live/types.ts';
import type { ServerState } from './probe.ts';

export interface ServerWatchDeps {
  readonly probe: () => Promise<ServerState>;
  readonly timers: Timers;
  /** Whether somebody can see this page: only then it looks. */
  readonly isVisible: () => boolean;
}

/** How often it looks while all is well, and while it is not, in milliseconds. */
const WELL_MS = 15_000;
const AWAY_MS = 2_500;
/** A server that does not answer is asked once more before that is told: a moment's gap is no news. */
const AGAIN_MS = 1_000;

/**
 * Looks regularly, and at once when there is reason to, whether the server and its database are there.
 *
 *   ok ──looked──▶ offline, database-away: told at once
 *    └──no answer──▶ asked again ──no answer──▶ unreachable
 */
export class ServerWatch {
  readonly #deps: ServerWatchDeps;
  readonly #listeners = new Set<() => void>();
  #state: ServerState = 'ok';
  #isDoubted = false;
  #isLooking = false;
  #cancel: (() => void) | undefined;

  constructor(deps: ServerWatchDeps) {
    this.#deps = deps;
  }

  get state(): ServerState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) void this.look();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#cancel?.();
    };
  }

  /** Looks now: something failed, the page was brought back, the network changed. */
  async look(): Promise<void> {
    if (this.#isLooking || this.#listeners.size === 0 || !this.#deps.isVisible()) return;
    this.#isLooking = true;
    this.#cancel?.();
    const seen = await this.#deps.probe();
    this.#isLooking = false;
    const isDoubtful = seen === 'unreachable' && this.#state === 'ok' && !this.#isDoubted;
    this.#isDoubted = isDoubtful;
    if (!isDoubtful) this.#enter(seen);
    if (this.#listeners.size === 0) return;
    const wait = isDoubtful ? AGAIN_MS : this.#state === 'ok' ? WELL_MS : AWAY_MS;
    // Not all browsers at once when a server comes back.
    const spread = wait * (0.8 + 0.4 * this.#deps.timers.random());
    this.#cancel = this.#deps.timers.after(spread, () => void this.look());
  }

  #enter(state: ServerState): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
