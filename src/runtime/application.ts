import type { Server } from 'node:http';
import { createHttpServer } from '#api/http/server.ts';
import type { Config } from '#platform/config.ts';
import { applyMigrations } from '#platform/db/migrate.ts';
import { createEmbeddedPostgres } from '#platform/embedded/postgres.ts';
import type { Logger } from '#platform/log.ts';
import { loadSecrets, type Secrets } from '#platform/secrets.ts';
import { createService, type ManagedService } from '#platform/service.ts';
import { type Container, createContainer } from './container.ts';
import { exposeServices } from './expose.ts';
import { createPages } from './pages.ts';

export interface Application extends ManagedService {
  /** Where it answers, once it runs. */
  readonly url: string;
  readonly container: Container;
  readonly secrets: Secrets;
}

export interface ApplicationOptions {
  readonly config: Config;
  readonly log: Logger;
  /** The folder of package.json. */
  readonly root: string;
  /** Serve the API alone, without pages: for tests and benchmarks. */
  readonly withoutPages?: boolean;
  /** Told what is going on while it starts. */
  readonly onStep?: (step: string) => void;
}

/**
 * The whole application as one service: database, migrations, container, first administrator, demo data, pages, HTTP.
 * It stops in reverse: no new requests, open ones answered, streams closed, the queue drained, then the database.
 */
export function createApplication(options: ApplicationOptions): Application {
  const { config, log, root, onStep } = options;
  const secrets = loadSecrets(config.dataDir, given(config));
  let container: Container | undefined;
  let url: string | undefined;

  const service = createService({
    name: 'application',
    async start(signal) {
      const started: { stop(): Promise<void> }[] = [];
      const begin = async <T extends { start(): Promise<void>; stop(): Promise<void> }>(member: T): Promise<T> => {
        signal.throwIfAborted();
        started.push(member);
        await member.start();
        return member;
      };
      const stopAll = async () => {
        for (const member of started.toReversed()) await member.stop();
      };
      try {
        let databaseUrl = config.databaseUrl;
        if (databaseUrl === undefined) {
          onStep?.('Starting the embedded database');
          databaseUrl = (
            await begin(createEmbeddedPostgres({ dataDir: config.dataDir, password: secrets.pgPassword, log }))
          ).url;
        }
        const migrations = await applyMigrations({ url: databaseUrl, log, signal });
        if (migrations.length > 0)
          onStep?.(`Applied ${migrations.length} migration${migrations.length === 1 ? '' : 's'}`);
        container = createContainer({ config, secrets, databaseUrl, log });
        await begin(container);
        exposeServices(container.services);
        await container.services.access.ensureFirstAdmin({
          email: config.adminEmail,
          password: secrets.adminPassword,
          isPasswordGiven: config.adminPassword !== undefined,
        });
        if (config.demoData) {
          onStep?.('Looking after the demo workspaces');
          await container.services.demo.ensure();
        }
        const pages = options.withoutPages ? undefined : await createPages(root);
        if (pages) started.push({ stop: () => pages.close() });
        const server = createHttpServer({
          services: container.services,
          pages: pages?.handler ?? ((_req, res) => res.writeHead(404).end()),
        });
        url = await listen(server, config);
        container.services.demo.reachableAt(url);
        started.push({ stop: () => close(server, container) });
        return stopAll;
      } catch (error) {
        await stopAll().catch((stopError: unknown) => log.error({ err: stopError }, 'the start could not be undone'));
        throw error;
      }
    },
  });

  return {
    name: service.name,
    start: service.start,
    stop: service.stop,
    get state() {
      return service.state;
    },
    get url() {
      if (url === undefined) throw new Error('the application does not run yet');
      return url;
    },
    get container() {
      if (container === undefined) throw new Error('the application does not run yet');
      return container;
    },
    secrets,
  };
}

function given(config: Config): Partial<Secrets> {
  return {
    ...(config.internalApiKey !== undefined && { internalApiKey: config.internalApiKey }),
    ...(config.adminPassword !== undefined && { adminPassword: config.adminPassword }),
  };
}

function listen(server: Server, config: Config): Promise<string> {
  const { port, host } = config;
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(explainListen(error, config)));
    server.listen(port, host, () => {
      const address = server.address();
      const actual = typeof address === 'object' && address !== null ? address.port : port;
      const shown = ['0.0.0.0', '::', '127.0.0.1'].includes(host) ? 'localhost' : host;
      resolve(`http://${shown}:${actual}`);
    });
  });
}

/** What to do when the web server cannot have its address, in place of the system's word for it. */
function explainListen(error: Error, { port, host }: Config): Error {
  const explained: Partial<Record<string, string>> = {
    EADDRINUSE: `port ${port} of ${host} is in use by another program: stop that one, or give another PORT`,
    EACCES: `port ${port} is only for privileged programs: give another PORT, 1024 or higher`,
    EADDRNOTAVAIL: `this machine does not have the address ${host}: give another HOST`,
    ENOTFOUND: `there is no host ${host}: give another HOST`,
  };
  const message = 'code' in error ? explained[String(error.code)] : undefined;
  return message === undefined ? error : new Error(message, { cause: error });
}

/** No new connections; streams end; requests that are being answered get their answer. */
function close(server: Server, container: Container | undefined): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    container?.services.live.closeWhere(() => true);
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 5_000).unref();
  });
}
