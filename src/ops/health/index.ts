/**
 * Health: is logging working now, and was it? Looks at what the other parts do; changes nothing of theirs. May import
 * domain, platform, ingest and live.
 */
import type pg from 'pg';
import type { Ingest } from '#ingest/index.ts';
import type { Live } from '#live/index.ts';
import type { Clock } from '#platform/clock.ts';
import type { DatabaseWatch } from '#platform/db/watch.ts';
import type { Logger } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import { registerGauges } from './exposition.ts';
import { type Readiness, readReadiness } from './readiness.ts';
import type { Spool } from './spool-facts.ts';
import { countWaiting } from './waiting.ts';

export interface Health {
  /** Whether this process can serve: the database answers. Answers within a second. */
  readiness(): Promise<Readiness>;
  /** What Prometheus reads. */
  exposition(): Promise<string>;
}

export interface HealthDeps {
  readonly pool: pg.Pool;
  readonly ingestPool: pg.Pool;
  readonly watch: DatabaseWatch;
  readonly ingest: Ingest;
  readonly spool: Spool;
  readonly live: Live;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Logger;
}

export function createHealth(deps: HealthDeps): Health {
  const { pool, ingestPool, metrics } = deps;
  registerGauges(metrics.registry, {
    ...deps,
    pools: { reads: pool, ingest: ingestPool },
    waiting: () => countWaiting(deps),
  });
  return {
    readiness: () => readReadiness(deps),
    exposition: () => metrics.registry.metrics(),
  };
}
