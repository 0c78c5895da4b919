import { judgeSigns, type Signs, type Verdict } from '#domain/health.ts';
import type { Ingest, SpoolStats } from '#ingest/index.ts';
import type { Live } from '#live/index.ts';
import type { Clock } from '#platform/clock.ts';
import { isDatabaseAway } from '#platform/db/away.ts';
import type { DatabaseWatch } from '#platform/db/watch.ts';
import type { Logger } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import { redactText } from '#platform/redact.ts';
import { createService, type Service } from '#platform/service.ts';
import type { Incidents } from './incidents.ts';
import type { Pulse } from './pulse.ts';
import { type Spool, spoolOf } from './spool-facts.ts';

export interface MonitorDeps {
  readonly watch: DatabaseWatch;
  readonly ingest: Pick<Ingest, 'depth' | 'fallback'>;
  readonly spool: Spool;
  readonly spoolMaxAgeMs: number;
  readonly live: Pick<Live, 'stats'>;
  readonly metrics: Pick<Metrics, 'tally'>;
  readonly incidents: Incidents;
  readonly pulse: Pulse;
  /** Rejects when an event does not get into the book. */
  readonly tryAppend: () => Promise<void>;
  /** Writes incidents into their table. */
  readonly storeIncidents: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly everyMs?: number;
}

/** What was proved last, and what was not. */
export interface Proofs {
  readonly canaryAt: Date | undefined;
  readonly canaryFailure: string | undefined;
  readonly pulseFailure: string | undefined;
}

export interface Monitor extends Service {
  /** As things are at this moment. */
  signs(): Signs;
  readonly proofs: Proofs;
  /** Since when the verdict is what it is. */
  readonly since: Date;
}

const EVERY_MS = 1_000;
const BEAT_MS = 5_000;
/** Without an event for so long, one is tried. */
const CANARY_MS = 15_000;
/** The reader of the live stream reconnects within that; longer is an incident. */
const LIVE_PATIENCE_MS = 10_000;

/** Who was refused tries again within this time: as long as nobody is, events may be taken again. */
const REFUSAL_COUNTS_MS = 90_000;

/** Looks once a second; opens and closes incidents; gives signs of life, and proves that events get into the book. */
export function createMonitor(deps: MonitorDeps): Monitor {
  const { watch, ingest, live, metrics, incidents, pulse, clock, log } = deps;
  const begunAt = clock.now();
  let verdict: Verdict = 'working';
  let since = begunAt;
  let beatAt = Number.NEGATIVE_INFINITY;
  const proofs: { -readonly [K in keyof Proofs]: Proofs[K] } = {
    canaryAt: undefined,
    canaryFailure: undefined,
    pulseFailure: undefined,
  };

  const refusalOf = ({ lastRefusal }: Pick<SpoolStats, 'lastRefusal'>): string | undefined =>
    lastRefusal && clock.now().getTime() - lastRefusal.at.getTime() < REFUSAL_COUNTS_MS ? lastRefusal.why : undefined;

  const signs = (): Signs => {
    const spool = spoolOf(deps);
    const oldest = spool.oldestAt?.getTime() ?? Number.POSITIVE_INFINITY;
    return {
      bookAway: ingest.fallback()?.outage?.reason,
      databaseAway: watch.outage?.reason,
      spool,
      isSpoolTooOld: clock.now().getTime() - oldest > deps.spoolMaxAgeMs,
      spoolRefusal: refusalOf(spool),
      canaryFailure: proofs.canaryFailure,
      pulseFailure: proofs.pulseFailure,
      isLiveBroken: liveBrokenSince() !== undefined,
    };
  };

  const liveBrokenSince = (): Date | undefined => {
    const { brokenSince } = live.stats();
    const isLong = brokenSince && clock.now().getTime() - brokenSince.getTime() > LIVE_PATIENCE_MS;
    return isLong ? brokenSince : undefined;
  };

  const look = () => {
    const now = signs();
    const outages = [ingest.fallback()?.outage, watch.outage].flatMap((outage) => outage ?? []);
    const first = outages.toSorted((a, b) => a.since.getTime() - b.since.getTime())[0];
    const { records, oldestAt } = spoolOf(deps);
    incidents.set('database_away', first?.reason, first?.since);
    incidents.set('spool_in_use', records > 0 ? 'Events waited on disk.' : undefined, oldestAt ?? undefined);
    const brokenSince = outages.length === 0 ? liveBrokenSince() : undefined;
    incidents.set('live_lagging', brokenSince && 'The live stream could not read the book.', brokenSince);
    const next = judgeSigns(now).verdict;
    if (next === verdict) return;
    verdict = next;
    since = clock.now();
  };

  const beat = async () => {
    if (clock.monotonicMs() - beatAt < BEAT_MS) return;
    beatAt = clock.monotonicMs();
    try {
      await pulse.beat();
      proofs.pulseFailure = undefined;
    } catch (error) {
      proofs.pulseFailure = messageOf(error);
    }
  };

  const tryOne = async () => {
    const provedAt = Math.max(metrics.tally.acknowledgedAt ?? 0, proofs.canaryAt?.getTime() ?? 0);
    const isDue = clock.now().getTime() - provedAt >= CANARY_MS || proofs.canaryFailure !== undefined;
    if (!isDue || ingest.fallback()?.outage) return;
    try {
      await deps.tryAppend();
      proofs.canaryAt = clock.now();
      proofs.canaryFailure = undefined;
    } catch (error) {
      proofs.canaryFailure = messageOf(error);
      if (!isDatabaseAway(error)) log.error({ err: error }, 'an event that was tried did not get into the book');
    }
  };

  /** Apart from looking, because a database that is frozen keeps whoever asks it waiting. */
  const prove = async () => {
    if (watch.outage) return;
    await beat();
    await tryOne();
    await deps.storeIncidents();
  };

  const repeat = async (work: () => Promise<void> | void, signal: AbortSignal) => {
    while (!signal.aborted) {
      try {
        await work();
      } catch (error) {
        if (!isDatabaseAway(error)) log.error({ err: error }, 'the health of this process could not be looked at');
      }
      await clock.sleep(deps.everyMs ?? EVERY_MS, signal).catch(() => undefined);
    }
  };

  const service = createService({
    name: 'health',
    start() {
      const abort = new AbortController();
      const done = [repeat(look, abort.signal), repeat(prove, abort.signal)];
      // However short an outage is, it is seen.
      const unsubscribe = watch.subscribe(look);
      return async () => {
        unsubscribe();
        abort.abort();
        await Promise.all(done);
        if (watch.outage) return;
        await Promise.all([pulse.end(), deps.storeIncidents()]).catch((error: unknown) => {
          log.debug({ err: error }, 'the end of this process could not be written down');
        });
      };
    },
  });

  return {
    name: service.name,
    start: service.start,
    stop: service.stop,
    signs,
    proofs,
    get since() {
      return since;
    },
  };
}

function messageOf(error: unknown): string {
  return redactText(error instanceof Error ? error.message : String(error));
}
