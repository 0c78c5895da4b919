import { type HealthReport, judgeSigns } from '#domain/health.ts';
import type { Ingest } from '#ingest/index.ts';
import type { Live } from '#live/index.ts';
import type { Clock } from '#platform/clock.ts';
import type { DatabaseWatch } from '#platform/db/watch.ts';
import type { Metrics } from '#platform/metrics.ts';
import { percentilesOf } from './lag.ts';
import type { Monitor } from './monitor.ts';
import { type Spool, spoolOf } from './spool-facts.ts';

export interface ReportDeps {
  readonly monitor: Pick<Monitor, 'signs' | 'proofs' | 'since'>;
  readonly ingest: Pick<Ingest, 'depth' | 'fallback'>;
  readonly spool: Spool;
  readonly live: Pick<Live, 'stats'>;
  readonly watch: Pick<DatabaseWatch, 'outage' | 'latencyMs'>;
  readonly metrics: Pick<Metrics, 'tally'>;
  readonly startedAt: Date;
  readonly place: string;
  readonly clock: Clock;
}

type FromDatabase = {
  readonly facts: HealthReport['database']['facts'];
  readonly quarantine: HealthReport['quarantine'];
};

/** Everything on one page, out of what this process knows and what the database could say. */
export function makeReport(deps: ReportDeps, { facts, quarantine }: FromDatabase): HealthReport {
  const { monitor, ingest, watch, clock, metrics, startedAt, place } = deps;
  const { records, bytes, maxBytes, oldestAt, damaged, draining, rate } = spoolOf(deps);
  const live = deps.live.stats();
  const acknowledged = metrics.tally.acknowledgedAt;
  return {
    at: clock.now().toISOString(),
    ...judgeSigns(monitor.signs()),
    since: monitor.since.toISOString(),
    process: { startedAt: startedAt.toISOString(), place, lastAcknowledgedAt: isoOf(acknowledged) },
    proof: proofOf(acknowledged, monitor.proofs),
    queue: { depth: ingest.depth },
    spool: { records, bytes, maxBytes, oldestAt: isoOf(oldestAt), damaged, draining, drainRate: rate },
    database: {
      reachable: watch.outage === undefined && facts !== null,
      awaySince: isoOf(watch.outage?.since ?? ingest.fallback()?.outage?.since),
      latencyMs: watch.latencyMs ?? null,
      facts,
    },
    live: {
      subscribers: live.subscribers,
      catchingUp: live.catchingUp,
      stalled: live.stalled,
      tail: live.tail,
      brokenSince: isoOf(live.brokenSince),
      deliveryMs: percentilesOf(live.deliveryMs),
    },
    quarantine,
  };
}

function proofOf(
  acknowledged: number | undefined,
  { canaryAt, canaryFailure }: Monitor['proofs'],
): HealthReport['proof'] {
  const canary = canaryAt?.getTime() ?? 0;
  const event = acknowledged ?? 0;
  const failure = canaryFailure ?? null;
  if (canary === 0 && event === 0) return { at: null, kind: null, failure };
  return { at: isoOf(Math.max(canary, event)), kind: event >= canary ? 'event' : 'canary', failure };
}

function isoOf(at: Date | number | null | undefined): string | null {
  return at === null || at === undefined ? null : new Date(at).toISOString();
}
