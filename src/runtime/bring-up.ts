import type { Spool } from '#ingest/index.ts';
import type { Incidents } from '#ops/health/index.ts';
import type { Config } from '#platform/config.ts';
import { ensureAnalyst } from '#platform/db/analyst.ts';
import { applyMigrations } from '#platform/db/migrate.ts';
import { connectWhenReady } from '#platform/db/reachable.ts';
import { createEmbeddedPostgres } from '#platform/embedded/postgres.ts';
import type { Logger } from '#platform/log.ts';
import type { Secrets } from '#platform/secrets.ts';
import type { Telemetry } from '#platform/telemetry.ts';
import type { ThisProcess } from '#platform/this-process.ts';
import { type Container, createContainer } from './container.ts';

export interface BringUpOptions {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly log: Logger;
  readonly spool: Spool;
  readonly telemetry: Telemetry;
  readonly incidents: Incidents;
  readonly self: ThisProcess;
  readonly signal: AbortSignal;
  /** How long the database may take to answer, in milliseconds; an embedded one has been started before that. */
  readonly patienceMs: number;
  /** Told what is going on. */
  readonly onStep?: ((step: string) => void) | undefined;
  /** Called once the database answers; what follows takes as long as it takes. */
  readonly onReached?: () => void;
}

/** Everything that needs the database, running. */
export interface Running {
  readonly container: Container;
  stop(): Promise<void>;
}

/** Database, migrations, container, first administrator, demo data. What was begun is undone when it does not succeed. */
export async function bringUp(options: BringUpOptions): Promise<Running> {
  const { config, secrets, log, spool, telemetry, incidents, self, signal, patienceMs, onStep, onReached } = options;
  const started: { stop(): Promise<void> }[] = [];
  const begin = async <T extends { start(): Promise<void>; stop(): Promise<void> }>(member: T): Promise<T> => {
    signal.throwIfAborted();
    started.push(member);
    await member.start();
    return member;
  };
  const stop = async () => {
    for (const member of started.toReversed()) await member.stop();
  };
  try {
    let databaseUrl = config.databaseUrl;
    if (databaseUrl === undefined) {
      onStep?.('Starting the embedded database');
      const { dataDir } = config;
      databaseUrl = (await begin(createEmbeddedPostgres({ dataDir, password: secrets.pgPassword, log }))).url;
    }
    const reach = { url: databaseUrl, applicationName: 'historybook-start', deadlineMs: patienceMs, signal, log };
    await (await connectWhenReady(reach)).end();
    onReached?.();
    const migrations = await applyMigrations({ url: databaseUrl, log, signal });
    if (migrations.length > 0) onStep?.(`Applied ${migrations.length} migration${migrations.length === 1 ? '' : 's'}`);
    if (config.databaseUrl === undefined) await ensureAnalyst(databaseUrl, secrets.analystPassword);
    const container = await begin(
      createContainer({ config, secrets, databaseUrl, log, spool, telemetry, incidents, self }),
    );
    await container.services.access.ensureFirstAdmin({
      email: config.adminEmail,
      password: secrets.adminPassword,
      isPasswordGiven: config.adminPassword !== undefined,
    });
    if (config.demoData) {
      onStep?.('Looking after the demo workspaces');
      await container.services.demo.ensure();
    }
    return { container, stop };
  } catch (error) {
    await stop().catch((stopError: unknown) => log.error({ err: stopError }, 'the start could not be undone'));
    throw error;
  }
}
