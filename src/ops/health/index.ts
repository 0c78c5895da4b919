/**
 * Health: is logging working now, and was it?
 *
 *   monitor ──every second──▶ signs ──▶ verdict, incidents (file, then table), a sign of life, a canary when nothing comes
 *   ops/sources ──counts──▶ each source against its own past
 *
 * Changes nothing of the parts it looks at. What it tells of the process is the same for everybody who may ask; sources and
 * quarantine are of one workspace. May import domain, platform, ingest, query, live and ops/sources.
 */
import type pg from 'pg';
import type { HealthReport, IncidentView, SourceHealth } from '#domain/health.ts';
import type { Ingest } from '#ingest/index.ts';
import type { Live } from '#live/index.ts';
import type { Clock } from '#platform/clock.ts';
import { isDatabaseAway } from '#platform/db/away.ts';
import type { Months } from '#platform/db/months.ts';
import type { DatabaseWatch } from '#platform/db/watch.ts';
import type { Logger } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Service } from '#platform/service.ts';
import type { ThisProcess } from '#platform/this-process.ts';
import { tryAppend } from './canary.ts';
import { createDatabaseFacts } from './database-facts.ts';
import { registerGauges } from './exposition.ts';
import { type Incidents, listIncidents } from './incidents.ts';
import { createMonitor } from './monitor.ts';
import type { Pulse } from './pulse.ts';
import { type Readiness, readReadiness } from './readiness.ts';
import { makeReport } from './report.ts';
import { readSources } from './sources.ts';
import type { Spool } from './spool-facts.ts';
import { countWaiting, readWaiting } from './waiting.ts';

export { createIncidents, type Incidents } from './incidents.ts';
export { createPulse } from './pulse.ts';
export { spoolOf } from './spool-facts.ts';

export interface Health extends Service {
  /** Whether this process can serve: the database answers. Answers within a second. */
  readiness(): Promise<Readiness>;
  /** What Prometheus reads. */
  exposition(): Promise<string>;
  /** How things stand. Answers while the database is away too, with null for what only it could say. */
  report(workspaceId: string): Promise<HealthReport>;
  /** How each source of the workspace fares, the one that sent last first; at most 50. */
  sources(workspaceId: string): Promise<readonly SourceHealth[]>;
  /** What went wrong, latest first, with what goes on here and could not be written down yet. */
  incidents(limit: number): Promise<readonly IncidentView[]>;
}

export interface HealthDeps {
  readonly self: ThisProcess;
  readonly pool: pg.Pool;
  readonly ingestPool: pg.Pool;
  readonly months: Months;
  readonly watch: DatabaseWatch;
  readonly ingest: Ingest;
  readonly spool: Spool;
  readonly spoolMaxAgeMs: number;
  readonly live: Live;
  readonly metrics: Metrics;
  readonly incidents: Incidents;
  readonly pulse: Pulse;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How long an operator waits for what only the database can say, in milliseconds. */
const PATIENCE_MS = 4_000;

export function createHealth(deps: HealthDeps): Health {
  const { pool, ingestPool, watch, incidents, live, metrics, clock, self } = deps;
  const startedAt = clock.now();
  const monitor = createMonitor({
    ...deps,
    tryAppend: () => tryAppend({ ...deps, pool: ingestPool }),
    storeIncidents: () => incidents.store(pool),
  });
  const readFacts = createDatabaseFacts(deps);
  registerGauges(metrics.registry, {
    ...deps,
    pools: { reads: pool, ingest: ingestPool },
    waiting: () => unlessAway(countWaiting(pool)).then((waiting) => waiting ?? undefined),
  });
  /** Null when the database is away, or takes too long to say. */
  const unlessAway = <T>(answer: Promise<T>): Promise<T | null> => {
    const waited = new AbortController();
    const late = clock.sleep(PATIENCE_MS, waited.signal).then(
      () => null,
      () => null,
    );
    const found = answer.catch((error: unknown) => {
      if (isDatabaseAway(error)) return null;
      throw error;
    });
    return Promise.race([found, late]).finally(() => waited.abort());
  };

  return {
    name: monitor.name,
    start: monitor.start,
    stop: monitor.stop,
    readiness: () => readReadiness(deps),
    exposition: () => metrics.registry.metrics(),
    async report(workspaceId) {
      const [facts, quarantine] = watch.outage
        ? [null, null]
        : await Promise.all([
            unlessAway(readFacts()),
            unlessAway(readWaiting(pool, workspaceId)),
            // Somebody asks: then the reader of the live stream is tried too. What comes of it is in its stats.
            unlessAway(live.check().catch(() => undefined)),
          ]);
      return makeReport({ ...deps, monitor, startedAt, place: self.name }, { facts, quarantine });
    },
    sources: (workspaceId) => readSources(deps, workspaceId),
    async incidents(limit) {
      const stored = (await unlessAway(listIncidents(pool, limit))) ?? [];
      const own = incidents.open.filter(({ id }) => !stored.some((known) => known.id === id));
      return [...own, ...stored].slice(0, limit);
    },
  };
}
