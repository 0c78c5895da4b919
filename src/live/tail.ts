import pg from 'pg';
import { AppError } from '#domain/errors.ts';
import { backoffDelay } from '#platform/backoff.ts';
import type { Clock } from '#platform/clock.ts';
import { currentEpoch } from '#platform/db/epoch.ts';
import { clientConfig, type PoolOptions } from '#platform/db/pool.ts';
import type { Wake } from '#platform/db/wake.ts';
import type { Logger } from '#platform/log.ts';
import { createService, type Service } from '#platform/service.ts';
import { Bell } from './bell.ts';
import type { LiveEvent } from './event.ts';
import { readAfter, readHead } from './read-activities.ts';
import type { LiveLimits } from './types.ts';

/** Who the tail tells what it reads. Calls come one at a time. */
export interface TailListener {
  /** Reading begins after position `at` of this epoch: nothing before it will come. */
  onStart(epoch: number, at: number): void;
  /** The next activities, in position order. */
  onEvents(events: readonly LiveEvent[]): void;
  /** Whether anybody wants what is read. */
  isWanted(): boolean;
}

export interface TailDeps {
  readonly pool: pg.Pool;
  /** How to reach the database for the connection that reads. */
  readonly connection: PoolOptions;
  readonly wake: Pick<Wake, 'subscribe'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: Pick<LiveLimits, 'prefill' | 'coalesceMs' | 'pollMs' | 'lingerMs'>;
}

export interface TailStats {
  readonly tail: 'reading' | 'dormant' | 'broken';
  readonly currentAt: Date | undefined;
  readonly brokenSince: Date | undefined;
}

/** Activities per read. One more read follows at once when it comes back full. */
const BATCH = 500;
const RECONNECT = { baseMs: 50, maxMs: 2_000 };

/**
 * Reads each new row of the book once, in order, for the whole process.
 *
 *   dormant ──poke()──▶ reading ──nobody wants it for lingerMs──▶ dormant
 *                         │  ▲
 *              lost, failed▼  │connected again: goes on after the last row it read
 *                        broken (waits, longer each time) ──nobody wants it──▶ dormant
 *
 * dormant: no connection, no queries; a process without subscribers pays nothing for its ingest.
 * reading: a wake-up or, every pollMs, the poll makes it read; under load it reads once in coalesceMs, so that rows
 *   come in batches; after a quiet time it reads at once.
 * broken: pokes are refused with UNAVAILABLE, nothing is skipped.
 * A changed epoch makes it start anew, as from dormant.
 */
export class Tail {
  readonly service: Service;
  readonly #deps: TailDeps;
  readonly #listener: TailListener;
  readonly #bell = new Bell();
  #pokes: PromiseWithResolvers<void>[] = [];
  #epoch: number | undefined;
  #last = 0;
  #isReading = false;
  #isCurrent = false;
  #currentAt: Date | undefined;
  #brokenSince: Date | undefined;

  constructor(deps: TailDeps, listener: TailListener) {
    this.#deps = deps;
    this.#listener = listener;
    this.service = createService({
      name: 'live tail',
      start: async () => {
        // Pages read from now on carry this book's epoch in their cursors, also before anybody follows.
        await currentEpoch(deps.pool);
        const stopped = new AbortController();
        const unsubscribe = deps.wake.subscribe(() => {
          if (this.#isReading) this.#bell.ring();
        });
        const done = this.#run(stopped.signal);
        return async () => {
          unsubscribe();
          stopped.abort();
          await done;
        };
      },
    });
  }

  stats(): TailStats {
    const state = this.#brokenSince ? 'broken' : this.#isReading ? 'reading' : 'dormant';
    return { tail: state, currentAt: this.#currentAt, brokenSince: this.#brokenSince };
  }

  /** Whether it has read up to the head since it began to read, and goes on reading. */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  /**
   * Resolves when everything committed before this call has been handed over; wakes a dormant tail.
   * @throws AppError UNAVAILABLE when the book cannot be read.
   */
  poke(): Promise<void> {
    const poke = Promise.withResolvers<void>();
    this.#pokes.push(poke);
    this.#bell.ring();
    return poke.promise;
  }

  /** Somebody wants the rows now: wakes a dormant tail. */
  nudge(): void {
    if (!this.#isReading) this.#bell.ring();
  }

  async #run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      if (this.#pokes.length === 0 && !this.#listener.isWanted()) {
        // Also when it could not read just then: whoever comes next has to wake it, and it begins anew.
        this.#isReading = false;
        this.#isCurrent = false;
        this.#brokenSince = undefined;
        await this.#bell.sleep(this.#deps.clock, DORMANT_MS, signal);
        continue;
      }
      try {
        await this.#read(signal, () => {
          failures = 0;
          this.#brokenSince = undefined;
        });
      } catch (error) {
        failures += 1;
        this.#brokenSince ??= this.#deps.clock.now();
        this.#refusePokes(error);
        const delayMs = backoffDelay(failures, RECONNECT);
        this.#deps.log.warn({ err: error, failures, delayMs }, 'the live tail cannot read; trying again');
        await this.#deps.clock.sleep(delayMs, signal).catch(() => undefined);
      }
    }
    this.#refusePokes(new Error('stopped'));
  }

  /** One connection's life: returns when nobody wants the rows any more or `signal` aborts, throws when it is lost. */
  async #read(signal: AbortSignal, onAnswer: () => void): Promise<void> {
    const client = new pg.Client(clientConfig({ ...this.#deps.connection, applicationName: 'historybook-live' }));
    // Without a listener a connection that breaks between two queries would end the process; the next query fails.
    client.on('error', () => this.#bell.ring());
    try {
      await client.connect();
      await this.#takePosition(client);
      await this.#readWhileWanted(client, signal, onAnswer);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** After a lost connection the old position holds, unless this is another book now. */
  async #takePosition(client: pg.Client): Promise<void> {
    const epoch = await currentEpoch(this.#deps.pool);
    if (this.#isReading && epoch === this.#epoch) return;
    const head = await readHead(client);
    // In another book nobody has a place to come back to: everybody goes on from its head.
    const isAnother = this.#epoch !== undefined && this.#epoch !== epoch;
    this.#last = isAnother ? head : Math.max(0, head - this.#deps.limits.prefill);
    this.#epoch = epoch;
    this.#isReading = true;
    this.#isCurrent = false;
    this.#listener.onStart(epoch, this.#last);
  }

  async #readWhileWanted(client: pg.Client, signal: AbortSignal, onAnswer: () => void): Promise<void> {
    const { clock, limits } = this.#deps;
    let wantedAt = clock.monotonicMs();
    while (!signal.aborted) {
      const startedAt = clock.monotonicMs();
      const pokes = [...this.#pokes];
      this.#bell.hush();
      const events = await readAfter(client, this.#last, BATCH);
      onAnswer();
      this.#last = events.at(-1)?.seq ?? this.#last;
      if (events.length > 0) this.#listener.onEvents(events);
      if (events.length === BATCH) continue;
      this.#isCurrent = true;
      this.#currentAt = clock.now();
      this.#answerPokes(pokes);

      if (this.#listener.isWanted() || this.#pokes.length > 0) wantedAt = startedAt;
      else if (startedAt - wantedAt >= limits.lingerMs) return;
      await this.#bell.sleep(clock, limits.pollMs, signal);
      const sinceRead = clock.monotonicMs() - startedAt;
      if (sinceRead < limits.coalesceMs)
        await clock.sleep(limits.coalesceMs - sinceRead, signal).catch(() => undefined);
    }
  }

  #answerPokes(pokes: readonly PromiseWithResolvers<void>[]): void {
    this.#pokes = this.#pokes.filter((poke) => !pokes.includes(poke));
    for (const poke of pokes) poke.resolve();
  }

  #refusePokes(cause: unknown): void {
    const pokes = this.#pokes;
    this.#pokes = [];
    for (const poke of pokes) poke.reject(new AppError('UNAVAILABLE', { retryAfter: 1, cause }));
  }
}

/** How long a dormant tail sleeps in one go; only a poke ends it, so any long time will do. */
const DORMANT_MS = 3_600_000;
