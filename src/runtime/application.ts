// First of all: it adds its methods to zod, and schemas made before that lack them.
import '@hono/zod-openapi';
import type { RequestListener } from 'node:http';
import { createRequestListener } from '#api/http/server.ts';
import { createSpool } from '#ingest/index.ts';
import { createIncidents } from '#ops/health/index.ts';
import { systemClock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import type { Logger } from '#platform/log.ts';
import { type RequestLog, silentRequestLog } from '#platform/request-log.ts';
import { announceServer, withdrawServer } from '#platform/running-server.ts';
import { loadSecrets, type Secrets } from '#platform/secrets.ts';
import { createService, type ManagedService } from '#platform/service.ts';
import type { SpoolFiles } from '#platform/spool-files.ts';
import { thisProcess } from '#platform/this-process.ts';
import { startTracing, tracingOff } from '#platform/tracing.ts';
import { beginAscent } from './ascent.ts';
import type { Running } from './bring-up.ts';
import type { Container } from './container.ts';
import { createDegraded } from './degraded.ts';
import { exposeServices } from './expose.ts';
import { createFront } from './front.ts';
import { createPages } from './pages.ts';

export interface Application extends ManagedService {
  /** Where it answers, once it runs. */
  readonly url: string;
  /** What serves; only once the database has been reached. */
  readonly container: Container;
  readonly secrets: Secrets;
  /** Why the database has not been reached yet; undefined when it has. */
  readonly outage: string | undefined;
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
  /** Told of each request; nobody when not given. */
  readonly requestLog?: RequestLog;
  /** The disk of the spool, for trying what happens when it fails. */
  readonly spoolFiles?: SpoolFiles;
}

/**
 * The whole application as one service.
 *
 *   start ──database there──────────────────────────────────────────▶ full service
 *     └────not there (yet)──▶ degraded: takes events, answers 503 to the rest ──there──▶ full service
 *
 * It stops in reverse: no new requests, open ones answered, streams closed, the queue emptied, the database, the spool.
 */
export function createApplication(options: ApplicationOptions): Application {
  const { config, log, root, onStep } = options;
  const secrets = loadSecrets(config.dataDir, given(config));
  let running: Running | undefined;
  let outage: (() => string) | undefined;
  let url: string | undefined;

  const service = createService({
    name: 'application',
    async start(signal) {
      const stopping = new AbortController();
      const aborted = AbortSignal.any([signal, stopping.signal]);
      const stops: (() => Promise<unknown>)[] = [];
      const stopAll = async () => {
        stopping.abort(new Error('stopped'));
        for (const stop of stops.toReversed()) await stop();
      };
      try {
        const tracing = config.otlpEndpoint === undefined ? tracingOff : await startTracing(config.otlpEndpoint);
        stops.push(() => tracing.stop());
        const telemetry = { tracing, requestLog: options.requestLog ?? silentRequestLog };
        const spool = createSpool({
          dataDir: config.dataDir,
          clock: systemClock,
          log,
          maxBytes: config.spoolMaxBytes,
          maxAgeMs: config.spoolMaxAgeMs,
          ...(options.spoolFiles && { files: options.spoolFiles }),
        });
        await spool.start();
        stops.push(() => spool.stop());

        const self = thisProcess(config.dataDir);
        const incidents = createIncidents({ self, dataDir: config.dataDir, clock: systemClock, log });
        const parts = { self, config, secrets, log, spool, telemetry, incidents };
        const ascent = beginAscent({ ...parts, onStep, signal: aborted });
        stops.push(() =>
          ascent.up.then(
            (up) => up.stop(),
            () => undefined,
          ),
        );
        const first = await ascent.first;

        const pages = options.withoutPages ? undefined : await createPages(root);
        if (pages) stops.push(() => pages.close());
        const renderPage: RequestListener = pages?.handler ?? ((_req, res) => res.writeHead(404).end());
        const front = createFront(config);

        const serve = (up: Running) => {
          const { services } = up.container;
          running = up;
          outage = undefined;
          exposeServices(services);
          front.serve(createRequestListener({ services, pages: renderPage }));
          if (url !== undefined) services.demo.reachableAt(url);
        };
        if (first) serve(first);
        else {
          outage = ascent.reason;
          incidents.set('database_away', ascent.reason());
          const degraded = createDegraded({ ...parts, pages: renderPage, reason: ascent.reason });
          exposeServices(degraded.services);
          front.serve(degraded.listener);
          await degraded.outageWatch.start();
          stops.push(() => degraded.outageWatch.stop());
          const goOn = (up: Running) => {
            if (aborted.aborted) return;
            void degraded.outageWatch.stop();
            log.info({}, 'the database has been reached: full service from here on');
            serve(up);
          };
          ascent.up.then(goOn, () => undefined);
        }

        url = await front.listen();
        stops.push(() => {
          running?.container.services.live.closeWhere(() => true);
          return front.close();
        });
        announceServer(config.dataDir, url);
        stops.push(async () => withdrawServer(config.dataDir));
        running?.container.services.demo.reachableAt(url);
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
    secrets,
    get state() {
      return service.state;
    },
    get url() {
      if (url === undefined) throw new Error('the application does not run yet');
      return url;
    },
    get container() {
      if (running === undefined) throw new Error('the application does not run yet');
      return running.container;
    },
    get outage() {
      return outage?.();
    },
  };
}

function given(config: Config): Partial<Secrets> {
  return {
    ...(config.internalApiKey !== undefined && { internalApiKey: config.internalApiKey }),
    ...(config.adminPassword !== undefined && { adminPassword: config.adminPassword }),
    ...(config.encryptionKey !== undefined && { encryptionKey: config.encryptionKey }),
  };
}
