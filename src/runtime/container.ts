// First of all: it adds its methods to zod, and schemas made before that lack them.
import '@hono/zod-openapi';
import { createAccess } from '#access/index.ts';
import type { Services } from '#api/services.ts';
import { createCrm } from '#crm/index.ts';
import { bodyOf } from '#doors/lead/quarantined.ts';
import { createIngest, createQuarantine } from '#ingest/index.ts';
import { createLive } from '#live/index.ts';
import { createDemoControl } from '#ops/demo/index.ts';
import { createHealth } from '#ops/health.ts';
import { createPartitionKeeper } from '#ops/partitions.ts';
import { systemClock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import { createTypeCatalogue } from '#platform/db/custom-types.ts';
import { createMonths } from '#platform/db/months.ts';
import { createPool, type PoolOptions } from '#platform/db/pool.ts';
import { createPrisma } from '#platform/db/prisma.ts';
import { createSignals } from '#platform/db/signal.ts';
import { createWake } from '#platform/db/wake.ts';
import type { Logger } from '#platform/log.ts';
import type { Secrets } from '#platform/secrets.ts';
import { createService, type Service } from '#platform/service.ts';
import { createServiceGroup } from '#platform/service-group.ts';
import { createQueries } from '#query/index.ts';

export interface ContainerDeps {
  readonly config: Config;
  readonly secrets: Secrets;
  /** The database, already migrated. */
  readonly databaseUrl: string;
  readonly log: Logger;
}

export interface Container extends Service {
  readonly services: Services;
}

/** The only place where things are wired together. Everything it makes starts and stops with it. */
export function createContainer({ config, secrets, databaseUrl: url, log }: ContainerDeps): Container {
  const clock = systemClock;
  const connection: PoolOptions = { url, applicationName: 'historybook', log };
  // Ingest has connections of its own: a slow search must never hold up an acknowledgement.
  const ingestPool = createPool({ ...connection, applicationName: 'historybook-ingest', max: 3 });
  const pool = createPool({ ...connection, max: 12 });
  const prisma = createPrisma(pool);
  const months = createMonths(pool);
  const wake = createWake({ pool, connection, log });
  const signals = createSignals({ connection, log });

  const types = createTypeCatalogue({ prisma, clock });
  const query = createQueries({ pool });
  const ingest = createIngest({ pool: ingestPool, months, types, wake, clock, log });
  const quarantine = createQuarantine({ pool, clock, log, bodyOf });
  const live = createLive({ pool, connection, wake, clock, log, matchSearch: query.matchSearch });
  const crm = createCrm({ prisma, months, wake, clock, log });
  const access = createAccess({
    pool,
    prisma,
    clock,
    log,
    signals,
    config: {
      publicUrl: config.publicUrl,
      port: config.port,
      authSecret: secrets.authSecret,
      internalApiKey: secrets.internalApiKey,
    },
  });
  access.onRevoked((isRevoked) => live.closeWhere(isRevoked));
  const demo = createDemoControl({
    pool,
    prisma,
    months,
    wake,
    clock,
    log,
    config,
    serviceKey: secrets.internalApiKey,
  });
  const health = createHealth({ pool, clock });

  const pools = createService({
    name: 'database connections',
    start: () => async () => {
      await prisma.$disconnect();
      await Promise.all([pool.end(), ingestPool.end()]);
    },
  });
  const group = createServiceGroup({
    name: 'historybook',
    services: [pools, createPartitionKeeper({ pool, months, clock, log }), wake, signals, access, ingest, live, demo],
  });

  return {
    name: group.name,
    start: group.start,
    stop: group.stop,
    services: { config, log, clock, access, types, ingest, quarantine, query, live, crm, demo, health },
  };
}
