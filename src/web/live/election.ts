import type { Locks } from './types.ts';

const LEADER_LOCK = 'historybook-live';

export interface ElectionDeps {
  /** Undefined where the browser has none (a page that is not secure): then every tab leads itself. */
  readonly locks: Locks | undefined;
  readonly onElected: () => void;
  readonly onDeposed: () => void;
}

/**
 * At most one tab leads at a time: the one that holds the lock. The others stand in line, and the browser hands the lock
 * on when the leader closes or crashes. One that is frozen holds on to it; then a tab that needs a leader takes it away.
 */
export class Election {
  readonly #deps: ElectionDeps;
  #abort = new AbortController();
  #release: (() => void) | undefined;
  #isOver = false;

  constructor(deps: ElectionDeps) {
    this.#deps = deps;
  }

  get isLeader(): boolean {
    return this.#release !== undefined;
  }

  start(): void {
    this.#isOver = false;
    this.#request(false);
  }

  /** Becomes leader in place of one that does not answer. */
  steal(): void {
    if (this.isLeader || this.#isOver) return;
    this.#abort.abort();
    this.#request(true);
  }

  stop(): void {
    this.#isOver = true;
    this.#abort.abort();
    this.#resign();
  }

  #request(steal: boolean): void {
    const { locks } = this.#deps;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    let isLost = false;
    // A page that was frozen may be told that it has the lock after it was taken away.
    const lead = () => (isLost ? Promise.resolve() : this.#lead());
    if (locks === undefined) {
      void lead();
      return;
    }
    locks.request(LEADER_LOCK, steal ? { steal } : { signal }, lead).catch(() => {
      isLost = true;
      // Called off by us, or taken away from us: then back into the line.
      if (signal.aborted || this.#isOver) return;
      this.#resign();
      this.#request(false);
    });
  }

  #lead(): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      this.#release = resolve;
      this.#deps.onElected();
    });
  }

  #resign(): void {
    if (this.#release === undefined) return;
    this.#release();
    this.#release = undefined;
    this.#deps.onDeposed();
  }
}
