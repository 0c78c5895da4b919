/**
 * Ingest: accept → judge → store → receipt. Promises that a receipt is given only for what is durable (in the book, or in
 * the spool while the book is away), that the same key and body are stored once, and that each event of a batch is judged
 * alone. Knows the catalogue and the append call, and nothing of HTTP. May import domain and platform.
 */
import type pg from 'pg';
import type { NewActivity, Receipt } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import type { Clock } from '#platform/clock.ts';
import { type AppendOutcome, checkActivities } from '#platform/db/append.ts';
import type { TypeCatalogue } from '#platform/db/custom-types.ts';
import type { Months } from '#platform/db/months.ts';
import type { Wake } from '#platform/db/wake.ts';
import type { Logger } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import { createService, type Service } from '#platform/service.ts';
import { createServiceGroup } from '#platform/service-group.ts';
import { type Tracing, tracingOff } from '#platform/tracing.ts';
import { type AcceptDeps, accept, receiptOf } from './accept.ts';
import { createAppendQueue } from './append-queue.ts';
import { fly, NotStored } from './flight.ts';
import { createFallback, type FallbackState, type Refuge } from './spool/fallback.ts';
import type { Submission } from './submission.ts';

export { createQuarantine, type Kept, type Quarantine, type Refusal } from './quarantine.ts';
export { saidOf } from './said.ts';
export type { FallbackState, Refuge } from './spool/fallback.ts';
export { createSpool, type Spool, type SpoolStats } from './spool/spool.ts';
export type { RefusedEvent } from './spool/store-spooled.ts';
export type { Submission } from './submission.ts';

export interface IngestDeps {
  readonly pool: pg.Pool;
  readonly months: Months;
  readonly types: TypeCatalogue;
  readonly wake: Wake;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where events go while the database is away; without it they are refused then. */
  readonly refuge?: Refuge;
  /** Hears how each flight went. */
  readonly metrics?: Pick<Metrics, 'flight'>;
  readonly tracing?: Pick<Tracing, 'inSpan'>;
  /** How long an event waits for a lock, and without a refuge for a database that is away, in milliseconds: 5,000 if not given. */
  readonly patienceMs?: number;
}

export interface Ingest {
  /** Takes one event. Resolves once it is durable. @throws AppError when it is refused */
  accept(submission: Submission): Promise<Receipt>;
  /** What accept() would answer now; stores nothing. */
  check(submission: Submission): Promise<Receipt>;
  /** Stores an activity that another part of the house made and vouches for. */
  store(activity: NewActivity): Promise<Receipt>;
  /** Events taken and not yet durable. */
  readonly depth: number;
  /** Whether the book is away and what waits for it; undefined without a refuge. */
  fallback(): FallbackState | undefined;
}

/** How long a flight tries again before it goes to the spool, in milliseconds: a lost connection is made anew in that time. */
const SPOOL_PATIENCE_MS = 150;

/** As a service its stop() waits until every event taken has its answer. */
export function createIngest(deps: IngestDeps): Ingest & Service {
  const { pool, wake, refuge, clock, tracing = tracingOff } = deps;
  const patienceMs = deps.patienceMs ?? 5_000;
  const onGone = (events: number) =>
    deps.log.warn({ events }, 'events of a workspace that was removed meanwhile are refused');
  const flight = { ...deps, patienceMs, awayPatienceMs: refuge ? SPOOL_PATIENCE_MS : patienceMs, onGone };
  const queue = createAppendQueue({
    async fly(batch) {
      const startedAt = clock.monotonicMs();
      const away = () => tracing.inSpan('ingest.flight', { rows: batch.length }, () => fly(flight, batch));
      const outcomes = await (fallback ? fallback.watch(batch, away) : away());
      const seconds = (clock.monotonicMs() - startedAt) / 1000;
      deps.metrics?.flight(batch.length, seconds, outcomes.some(isLost) ? 'error' : 'ok');
      wake.announce();
      return outcomes;
    },
  });
  const fallback = refuge && createFallback({ ...deps, refuge, queue });
  const direct: Pick<AcceptDeps, 'findType' | 'store' | 'storeUnjudged'> = {
    findType: ({ workspaceId, type }) => deps.types.find(workspaceId, type),
    store: (activity) => queue.add(activity).catch(unavailable),
    storeUnjudged: () => Promise.reject(new AppError('UNAVAILABLE', { retryAfter: 1 })),
  };
  const storing: AcceptDeps = { ...deps, ...(fallback ?? direct) };
  const checks = createAppendQueue({ maxFlights: 1, fly: (batch) => check(pool, batch) });
  const checking: AcceptDeps = { ...deps, ...direct, store: checks.add };
  const flights = createService({ name: 'ingest', start: () => () => queue.drained() });
  const service = fallback ? createServiceGroup({ name: 'ingest', services: [flights, fallback] }) : flights;

  return {
    name: service.name,
    start: service.start,
    stop: service.stop,
    accept: (submission) => accept(storing, submission),
    check: (submission) => accept(checking, submission),
    store: async (activity) => receiptOf(await storing.store(activity)),
    get depth() {
      return queue.depth;
    },
    fallback: () => fallback?.state(),
  };
}

function isLost(outcome: AppendOutcome | Error): boolean {
  return outcome instanceof NotStored;
}

function unavailable(error: unknown): never {
  throw error instanceof NotStored ? new AppError('UNAVAILABLE', { retryAfter: 1, cause: error }) : error;
}

/** Asks for a batch what would become of it: a dry run of a thousand events is a few statements, not a thousand. */
async function check(pool: pg.Pool, batch: readonly NewActivity[]): Promise<(AppendOutcome | Error)[]> {
  try {
    return await checkActivities(async (text, values) => (await pool.query(text, [...values])).rows, batch);
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    return batch.map(() => failure);
  }
}
