import { realpathSync, rmSync } from 'node:fs';
import { ensureDataDir } from '../data-dir.ts';
import type { Logger } from '../log.ts';
import { createService, type Service } from '../service.ts';
import { type Account, chooseAccount } from './account.ts';
import { findBinaries } from './binaries.ts';
import { ensureCluster, runnableNative, SUPERUSER } from './cluster.ts';
import { findHome, type Home, openHome, STATE_DIR } from './home.ts';
import { keepPort, readKeptPort } from './kept-port.ts';
import { USUAL_PORT } from './launch.ts';
import { addressOf } from './lease.ts';
import { findServer, stopServer } from './server-process.ts';
import { closeSession, openSession, reopenSession } from './session.ts';

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  /** Password of the superuser, kept with the other secrets: the server knows it from its first start on. */
  readonly password: string;
  readonly log: Logger;
  /** Port to listen on unless it is taken; that of the last start, at first USUAL_PORT, when not given; 0 for any free one. */
  readonly port?: number;
  /** Server settings besides our own, for tests. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly initdbArguments?: readonly string[];
  /** Where things go that the server's account cannot reach below `dataDir`. */
  readonly stateDir?: string;
}

/**
 * PostgreSQL as a part of this program: made on first start, supervised, stopped with the last program that uses it.
 *
 *   find ──live server on our data──▶ adopt ──┐                     (a kill -9 of Node leaves it running)
 *     └──none──▶ initdb if new ──▶ launch ────┴──▶ lease ──▶ in use ──lease lost──▶ find …   (server crashed)
 *                                                            └─stop()─▶ last one? SIGINT and wait : let go
 *
 * Every program that uses the server holds a lease (lease.ts), so several can share one DATA_DIR and none stops the
 * server under another. `url` stays the same for the life of the service, also when the server had to be restarted.
 */
export interface EmbeddedPostgres extends Service {
  /** Address of the application's database. Throws before the service has started. */
  readonly url: string;
  /** The server was running already when the service started. */
  readonly adopted: boolean;
}

export function createEmbeddedPostgres(options: EmbeddedPostgresOptions): EmbeddedPostgres {
  const { log } = options;
  let url: string | undefined;
  let adopted = false;

  const service = createService({
    name: 'embedded PostgreSQL',
    async start(signal) {
      const place = await openPlace(options);
      const kept = readKeptPort(options.dataDir);
      const request = { ...options, ...place, port: options.port ?? kept ?? USUAL_PORT };
      let session = await openSession({ ...request, signal });
      const { port, pid } = session.server;
      url = addressOf(port, options.password);
      adopted = session.adopted;
      if (options.port === undefined) {
        keepPort(options.dataDir, port);
        if (kept !== undefined && kept !== port)
          log.warn({ port, before: kept }, 'database server moved: its port is taken');
      }
      log.info({ port, pid, adopted, home: place.home.folder }, 'database server runs');

      const supervision = new AbortController();
      const stopped = new Promise<void>((resolve) => {
        supervision.signal.addEventListener('abort', () => resolve(), { once: true });
      });
      const supervise = async () => {
        for (;;) {
          await Promise.race([session.lease.lost, stopped]);
          if (supervision.signal.aborted) return;
          log.error({ log: place.home.logFile }, 'database server lost; bringing it back');
          session = await reopenSession({ ...request, port, signal: supervision.signal });
          log.info({ pid: session.server.pid }, 'database server is back');
        }
      };
      // Ends in one way only, the abort: everything else is tried again.
      const supervising = supervise().catch(() => undefined);

      return async () => {
        supervision.abort(new Error('stopped'));
        await supervising;
        await closeSession(session, place.home);
      };
    },
  });

  return {
    name: service.name,
    start: () => service.start(),
    stop: () => service.stop(),
    get url() {
      if (url === undefined) throw new Error('the embedded database has not started');
      return url;
    },
    get adopted() {
      return adopted;
    },
  };
}

/** Creates and starts one. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const postgres = createEmbeddedPostgres(options);
  await postgres.start();
  return postgres;
}

/** Address of the database of a DATA_DIR for a role, while its server runs, started by whomever; else undefined. */
export function findEmbeddedUrl(dataDir: string, password: string, role: string = SUPERUSER): string | undefined {
  const home = findHome(dataDir);
  const server = home && findServer(realpathSync(home.cluster));
  return server?.isReady ? addressOf(server.port, password, SUPERUSER, role) : undefined;
}

/** Stops the server of a DATA_DIR whoever uses it, and removes the folder with everything in it. For throwaway data. */
export async function removeEmbeddedData(dataDir: string): Promise<void> {
  const home = findHome(dataDir);
  const server = home && findServer(realpathSync(home.cluster));
  if (home && server) await stopServer(server.pid, realpathSync(home.cluster));
  if (home) rmSync(home.folder, { recursive: true, force: true });
  rmSync(dataDir, { recursive: true, force: true });
}

interface Place {
  readonly home: Home;
  readonly native: string;
  readonly account: Account | undefined;
}

/** Everything on disk that a launch needs. */
async function openPlace(options: EmbeddedPostgresOptions): Promise<Place> {
  ensureDataDir(options.dataDir);
  const dataDir = realpathSync(options.dataDir);
  const stateDir = options.stateDir ?? STATE_DIR;
  const binaries = findBinaries();
  const account = chooseAccount(findHome(dataDir)?.cluster);
  const home = await openHome(dataDir, account, options.log, stateDir);
  const native = runnableNative(binaries, account, stateDir);
  await ensureCluster({ ...options, home, native, account }, binaries);
  return { home, native, account };
}
