import type pg from 'pg';
import type { NewActivity } from '#domain/activity.ts';
import type { ActivityType } from '#domain/catalogue/index.ts';
import { builtInType } from '#domain/catalogue/index.ts';
import type { Clock } from '#platform/clock.ts';
import { recordAliases } from '#platform/db/alias.ts';
import type { AppendOutcome } from '#platform/db/append.ts';
import { isDatabaseAway } from '#platform/db/away.ts';
import type { TypeCatalogue } from '#platform/db/custom-types.ts';
import { goneWorkspaces } from '#platform/db/gone-workspace.ts';
import type { Months } from '#platform/db/months.ts';
import type { Wake } from '#platform/db/wake.ts';
import type { Logger } from '#platform/log.ts';
import type { Service } from '#platform/service.ts';
import type { AppendQueue } from '../append-queue.ts';
import { NotStored, send } from '../flight.ts';
import type { Submission } from '../submission.ts';
import { createBreaker, type Outage } from './breaker.ts';
import { createDrain, type DrainState } from './drain.ts';
import { createDurableStore, type DurableStore } from './durable-store.ts';
import type { Spool, SpoolStats } from './spool.ts';
import { type RefusedEvent, storeSpooled } from './store-spooled.ts';

/** Where events go that the book cannot take now. */
export interface Refuge {
  readonly spool: Spool;
  /** Keeps an event of the spool that the book refuses, durably; the same one again is kept once. */
  readonly keepRefused: (refused: RefusedEvent) => Promise<void>;
  /** Keeps an entry for the quarantine that was spooled because the database was away. */
  readonly keepEntry: (entry: unknown) => Promise<void>;
  /** Why the database is known to be away from the start. */
  readonly outage?: string;
}

export interface FallbackState {
  readonly spool: SpoolStats & DrainState;
  /** Why and since when the book is away. */
  readonly outage: Outage | undefined;
}

export interface Fallback extends Service, DurableStore {
  /** What the catalogue knows of the type of an event; 'unknowable' while the database is away. */
  findType(submission: Submission): Promise<ActivityType | undefined | 'unknowable'>;
  /** Sends a flight off, unless the book is known to be away, and learns from how it ends. */
  watch(
    batch: readonly NewActivity[],
    fly: () => Promise<(AppendOutcome | Error)[]>,
  ): Promise<readonly (AppendOutcome | Error)[]>;
  state(): FallbackState;
}

export interface FallbackDeps {
  readonly refuge: Refuge;
  readonly queue: AppendQueue;
  readonly pool: pg.Pool;
  readonly months: Months;
  readonly types: TypeCatalogue;
  readonly wake: Wake;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A flight that has been out for so long says that the database hangs: what comes after it does not wait for it. */
const SILENCE_MS = 4_000;
/** A reason made once: abort() without one makes an error with its stack for each flight. */
const LANDED = new Error('the flight has landed');
const PROBE_SQL = 'SELECT 1';

/** What ingest does while the book is away: breaker, spool and drain, tied together. */
export function createFallback(deps: FallbackDeps): Fallback {
  const { refuge, queue, pool, types, wake, clock, log } = deps;
  const { spool, outage } = refuge;
  const breaker = createBreaker({ now: clock.now, ...(outage !== undefined && { outage }) });
  const store = createDurableStore({ queue, spool, breaker });

  breaker.subscribe((isOpen) => {
    if (isOpen) {
      log.error({ reason: breaker.outage?.reason }, 'the book is away: events go to the spool');
      queue.turnBack(new NotStored('the book is away'));
    } else log.info({ waiting: spool.stats().records }, 'the book is back');
  });

  const drain = createDrain({
    spool,
    breaker,
    clock,
    log,
    async store(records) {
      const done = await storeSpooled(
        {
          ...refuge,
          setAside: spool.setAside,
          types,
          send: (batch) => send(deps, batch),
          goneWorkspaces: (ids) => goneWorkspaces(pool, ids),
          onGone: (events, workspaces) =>
            log.warn({ events, workspaces }, 'events in the spool of a workspace that was removed are dropped'),
          recordAliases: (aliases) => recordAliases(pool, aliases),
        },
        records,
      );
      if (done.stored > 0) wake.announce();
      return done;
    },
    async probe() {
      await pool.query(PROBE_SQL);
    },
    isBusy: () => queue.depth > 0,
  });

  return {
    name: drain.name,
    start: drain.start,
    stop: drain.stop,
    store: store.store,
    storeUnjudged: store.storeUnjudged,

    async findType({ workspaceId, type }) {
      if (breaker.isOpen) return builtInType(type) ?? 'unknowable';
      try {
        return await types.find(workspaceId, type);
      } catch (error) {
        if (isDatabaseAway(error)) return 'unknowable';
        throw error;
      }
    },

    async watch(batch, fly) {
      if (breaker.isOpen) {
        const notStored = new NotStored('the book is away');
        return batch.map(() => notStored);
      }
      const landed = new AbortController();
      clock.sleep(SILENCE_MS, landed.signal).then(
        () => breaker.trip(new Error(`no answer within ${SILENCE_MS} ms`)),
        () => undefined,
      );
      const outcomes = await fly();
      landed.abort(LANDED);
      const failed = outcomes.find((outcome) => outcome instanceof NotStored);
      if (failed instanceof NotStored) {
        if (isDatabaseAway(failed.cause)) breaker.trip(failed.cause);
        else log.error({ err: failed, rows: batch.length }, 'a batch could not be stored: it goes to the spool');
      }
      return outcomes;
    },

    state: () => ({ spool: { ...spool.stats(), ...drain.state() }, outage: breaker.outage }),
  };
}
