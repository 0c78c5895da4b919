// First of all: it adds its methods to zod, and schemas made before that lack them.
import '@hono/zod-openapi';
import { createAccess, createKnownOnDisk } from '#access/index.ts';
import type { Services } from '#api/services.ts';
import { createCrm } from '#crm/index.ts';
import { toSubmission } from '#doors/lead/log-activity.ts';
import { createLogLeadActivity } from '#doors/lead/log-lead-activity.ts';
import { bodyOf } from '#doors/lead/quarantined.ts';
import { createIngest, createQuarantine, type Spool } from '#ingest/index.ts';
import { createLive } from '#live/index.ts';
import { createAlerts } from '#ops/alerts/index.ts';
import { createDemoControl } from '#ops/demo/index.ts';
import { createHealth, createPulse, type Incidents, spoolOf } from '#ops/health/index.ts';
import { createImportControl } from '#ops/import-control/index.ts';
import { createPartitionKeeper } from '#ops/partitions.ts';
import { createRetryQueue } from '#ops/retry-queue/index.ts';
import { createSourceCounter } from '#ops/sources/index.ts';
import { systemClock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import { createTypeCatalogue } from '#platform/db/custom-types.ts';
import { createLines } from '#platform/db/line.ts';
import { createMonths } from '#platform/db/months.ts';
import { createPool, type PoolOptions } from '#platform/db/pool.ts';
import { createPrisma } from '#platform/db/prisma.ts';
import { createSignals } from '#platform/db/signal.ts';
import { createWake } from '#platform/db/wake.ts';
import { createDatabaseWatch } from '#platform/db/watch.ts';
import type { Logger } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { createSeal } from '#platform/seal.ts';
import type { Secrets } from '#platform/secrets.ts';
import { createService, type Service } from '#platform/service.ts';
import { createServiceGroup } from '#platform/service-group.ts';
import type { Telemetry } from '#platform/telemetry.ts';
import type { ThisProcess } from '#platform/this-process.ts';
import { createQueries } from '#query/index.ts';
import { launchImport } from './import-thread.ts';
import { tracedLive, tracedQueries } from './traced.ts';

export interface ContainerDeps {
  readonly self: ThisProcess;
  readonly config: Config;
  readonly secrets: Secrets;
  /** The database, already migrated. */
  readonly databaseUrl: string;
  readonly log: Logger;
  /** Where events wait while the database is away; the same for every container of the process. */
  readonly spool: Spool;
  readonly telemetry: Telemetry;
  readonly incidents: Incidents;
  /** Why the database is known to be away: everything that is taken goes to the spool. */
  readonly outage?: string;
}

export interface Container extends Service {
  readonly services: Services;
}

/** Longer than any statement may take: a server that is frozen or cut off must not keep connections, and callers, for ever. */
const LONGEST_QUERY_MS = 125_000;
/** Two flights and the drain. A flight that is not answered is given up, and its events go to the spool. */
const INGEST_POOL = { max: 3, queryTimeoutMs: 8_000, connectTimeoutMs: 3_000 } as const;

/** The only place where things are wired together. Everything it makes starts and stops with it. */
export function createContainer(deps: ContainerDeps): Container {
  const { config, secrets, databaseUrl: url, log, spool, telemetry, incidents, self, outage } = deps;
  const clock = systemClock;
  const { tracing } = telemetry;
  const metrics = createMetrics();
  const lines = createLines();
  const bare: PoolOptions = { url, applicationName: 'historybook', log };
  const connection: PoolOptions = { ...bare, lines };
  const watch = createDatabaseWatch({ connection: bare, clock, log });
  watch.subscribe((silent) => silent && lines.cut('the database gives no answer'));
  // Ingest has connections of its own: a slow search must never hold up an acknowledgement.
  const ingestPool = createPool({ ...bare, applicationName: 'historybook-ingest', ...INGEST_POOL });
  const pool = createPool({ ...connection, max: 12, queryTimeoutMs: LONGEST_QUERY_MS, refusal: watch.refusal });
  const prisma = createPrisma(pool);
  const months = createMonths(pool);
  const wake = createWake({ pool, connection, log });
  const signals = createSignals({ connection, log });

  const types = createTypeCatalogue({ prisma, clock });
  const query = tracedQueries(createQueries({ pool }), tracing);
  const quarantine = createQuarantine({ pool, clock, log, spool, bodyOf, isAway: () => isAway() });
  const ingest = createIngest({
    pool: ingestPool,
    months: createMonths(ingestPool),
    types,
    wake,
    clock,
    log,
    metrics,
    tracing,
    refuge: { spool, ...quarantine, ...(outage !== undefined && { outage }) },
  });
  const isAway = () => ingest.fallback()?.outage !== undefined;
  const live = tracedLive(
    createLive({ pool, connection, wake, clock, log, metrics, matchSearch: query.matchSearch }),
    tracing,
  );
  const pulse = createPulse({ pool: ingestPool, clock, self, spool: () => spoolOf({ ingest, spool }) });
  const alerts = createAlerts({
    pool,
    clock,
    log,
    config,
    seal: createSeal(secrets.encryptionKey),
    fallback: ingest.fallback,
    place: self.place,
    // On a connection of its own kind: where ingest is stuck, rules are evaluated all the same.
    sayAlive: () => pulse.beat(pool),
  });
  const crm = createCrm({ prisma, months, wake, clock, log });
  const access = createAccess({
    pool,
    prisma,
    clock,
    log,
    signals,
    onDisk: createKnownOnDisk(config.dataDir, log),
    onSignInFailed: alerts.noteFailedLogin,
    config: {
      publicUrl: config.publicUrl,
      port: config.port,
      authSecret: secrets.authSecret,
      internalApiKey: secrets.internalApiKey,
    },
  });
  const lead: typeof toSubmission = (body, context) =>
    toSubmission(body, { ...context, findMember: access.findMember });
  const retryQueue = createRetryQueue({ pool, ingest, crm, wake, doors: { lead }, clock, log });
  access.onRevoked((isRevoked) => live.closeWhere(isRevoked));
  const imports = createImportControl({
    pool,
    clock,
    log,
    dataDir: config.dataDir,
    launch: (job) => launchImport(url, job),
  });
  const demo = createDemoControl({
    pool,
    prisma,
    months,
    wake,
    signals,
    clock,
    log,
    config,
    serviceKey: secrets.internalApiKey,
  });
  const health = createHealth({
    pool,
    ingestPool,
    months,
    watch,
    ingest,
    spool,
    spoolMaxAgeMs: config.spoolMaxAgeMs,
    live,
    metrics,
    incidents,
    pulse,
    self,
    clock,
    log,
  });

  const pools = createService({
    name: 'database connections',
    start: () => async () => {
      await prisma.$disconnect();
      await Promise.all([pool.end(), ingestPool.end()]);
    },
  });
  const group = createServiceGroup({
    name: 'historybook',
    services: [
      pools,
      watch,
      createPartitionKeeper({ pool, months, clock, log }),
      wake,
      signals,
      access,
      ingest,
      retryQueue,
      imports,
      createSourceCounter({ pool, clock, log }),
      live,
      health,
      // After health, so that it ends before: what it says of this process would bring it back to life.
      alerts,
      demo,
    ],
  });

  return {
    name: group.name,
    start: group.start,
    stop: group.stop,
    services: {
      config,
      log,
      clock,
      access,
      types,
      ingest,
      quarantine,
      logLeadActivity: createLogLeadActivity({ ingest, quarantine, metrics, log }),
      retryQueue,
      imports,
      query,
      live,
      crm,
      demo,
      alerts,
      health,
      metrics,
      ...telemetry,
    },
  };
}
