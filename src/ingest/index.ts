/**
 * Ingest: accept → judge → store → receipt. Promises that a receipt is given only for what is durable, that the same key
 * and body are stored once, and that each event of a batch is judged alone. Knows the catalogue and the append call, and
 * nothing of HTTP. May import domain and platform.
 */
import type pg from 'pg';
import type { NewActivity, Receipt } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import type { Clock } from '#platform/clock.ts';
import { checkActivities } from '#platform/db/append.ts';
import type { TypeCatalogue } from '#platform/db/custom-types.ts';
import type { Months } from '#platform/db/months.ts';
import type { Wake } from '#platform/db/wake.ts';
import type { Logger } from '#platform/log.ts';
import { createService, type Service } from '#platform/service.ts';
import { type AcceptDeps, accept } from './accept.ts';
import { createAppendQueue } from './append-queue.ts';
import { fly } from './flight.ts';
import type { Submission } from './submission.ts';

export type { Submission } from './submission.ts';

export interface IngestDeps {
  readonly pool: pg.Pool;
  readonly months: Months;
  readonly types: TypeCatalogue;
  readonly wake: Wake;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long an event waits for a database that is away before it is refused, in milliseconds; 5,000 if not given. */
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
}

/** As a service its stop() waits until every event taken has its answer. */
export function createIngest(deps: IngestDeps): Ingest & Service {
  const flight = { ...deps, patienceMs: deps.patienceMs ?? 5_000 };
  const queue = createAppendQueue({
    async fly(batch) {
      const outcomes = await fly(flight, batch);
      deps.wake.announce();
      return outcomes;
    },
  });
  const storing: AcceptDeps = { ...deps, store: queue.add };
  const checking: AcceptDeps = { ...deps, store: (activity) => checkOne(deps.pool, activity) };
  const service = createService({ name: 'ingest', start: () => () => queue.drained() });

  return {
    name: service.name,
    start: service.start,
    stop: service.stop,
    accept: (submission) => accept(storing, submission),
    check: (submission) => accept(checking, submission),
    async store(activity) {
      const { outcome, id, occurredAt } = await queue.add(activity);
      if (outcome !== 'stored' && outcome !== 'duplicate') throw new AppError('CONFLICT', { message: outcome });
      return { status: outcome, activityId: id, timestamp: occurredAt.toISOString() };
    },
    get depth() {
      return queue.depth;
    },
  };
}

async function checkOne(pool: pg.Pool, activity: NewActivity) {
  const run = async (text: string, values: readonly unknown[]) => (await pool.query(text, [...values])).rows;
  const [outcome] = await checkActivities(run, [activity]);
  if (!outcome) throw new AppError('INTERNAL');
  return outcome;
}
