import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findEmbeddedUrl, removeEmbeddedData, startEmbeddedPostgres } from '#platform/embedded/postgres.ts';
import { createLogger } from '#platform/log.ts';
import { readKeptSecrets } from '#platform/secrets.ts';
import { findFreePort } from '#testing/app-process.ts';
import { type Child, startChild } from '../../bench/harness/child.ts';
import type { ClientOptions, ClientStats, Progress } from '../actors/client.ts';
import type { FollowerOptions, FollowerStats } from '../actors/follower.ts';
import { type CheckReport, complaintsOf } from '../checker/report.ts';
import { type AppUnderTest, createApp } from './app.ts';
import type { CampaignContext } from './campaign.ts';
import { makeLeads } from './make-leads.ts';
import { runChecker } from './run-checker.ts';
import { SERVICE_KEY } from './service-key.ts';
import { caughtUp, drained } from './settle.ts';

/** Clients, a live subscriber, the application and its database, each a process of its own. */
export interface Scene {
  readonly app: AppUnderTest;
  /** What a client needs to know of it. */
  readonly place: {
    readonly host: string;
    readonly port: number;
    readonly key: string;
    readonly leads: readonly string[];
  };
  /** Where clients write down what they are told. */
  readonly logs: string;
  /** Where the database really is, whatever stands between it and the application. */
  databaseUrl(): string;
  /** Starts clients that send as the options say; the numbers of all of them together. */
  send(options: Partial<ClientOptions> & Pick<ClientOptions, 'lanes'>, count?: number): Promise<void>;
  /** Events acknowledged so far. */
  acknowledged(): Promise<number>;
  /**
   * Resolves when so many more are acknowledged, or with 'stored' are said to be in the book; rejects when that takes longer
   * than two minutes.
   */
  untilMore(count: number, what?: keyof Progress): Promise<void>;
  /**
   * Ends the load when everything that was sent is acknowledged, waits until the spool is drained and the subscriber has
   * seen the last event, and has the book checked.
   */
  conclude(): Promise<Conclusion>;
  /** Stops everything; with `keep` the data stay for somebody to look at. */
  close(keep: boolean): Promise<void>;
}

export interface Conclusion {
  readonly check: CheckReport;
  readonly clients: readonly ClientStats[];
  readonly failures: readonly string[];
  /** From the end of the load to an empty spool, in milliseconds. */
  readonly drainMs: number;
}

export interface SceneOptions {
  /** 'own': the application brings its embedded database; 'given': DATABASE_URL names one. */
  readonly database: 'own' | 'given';
  /** Puts something between the application and its database; gives the address that the application gets. */
  readonly betweenDatabase?: (url: string) => Promise<string>;
  /** Puts something between clients and the application; gives the port that clients get. */
  readonly betweenClients?: (port: number) => Promise<number>;
  readonly env?: Readonly<Record<string, string>>;
  readonly leads?: number;
}

const HOST = '127.0.0.1';
const PG_PASSWORD = randomBytes(12).toString('hex');
const STALL_MS = 120_000;

export async function openScene(context: CampaignContext, options: SceneOptions): Promise<Scene> {
  const { folder, random } = context;
  const logs = join(folder, 'logs');
  mkdirSync(logs, { recursive: true });
  const closers: Closer[] = [];
  const closeAll = async (keep: boolean) => {
    for (const close of closers.splice(0).toReversed()) await close(keep);
  };
  try {
    const dataDir = join(folder, 'data');
    const given = options.database === 'given' ? await provideDatabase(context, closers) : undefined;
    const between = given && options.betweenDatabase ? await options.betweenDatabase(given) : given;
    const port = await findFreePort();
    const app = createApp({
      dataDir,
      port,
      logFile: join(logs, 'app.log'),
      env: {
        INTERNAL_API_KEY: SERVICE_KEY,
        LOG_LEVEL: 'warn',
        ...(between !== undefined && { DATABASE_URL: between }),
        ...options.env,
      },
    });
    closers.push(() => app.stop());
    await app.start();
    const clientPort = options.betweenClients ? await options.betweenClients(port) : port;
    const leads = await makeLeads(port, options.leads ?? 200);
    const place = { host: HOST, port: clientPort, key: SERVICE_KEY, leads };
    const follower = await startChild('../chaos/actors/follower.ts', {
      host: HOST,
      port,
      key: SERVICE_KEY,
      logFile: join(logs, 'follower-1.log'),
    } satisfies FollowerOptions);
    closers.push(() => follower.stop());
    while ((await follower.ask<FollowerStats>('stats')).connections === 0) await sleep(50);

    const clients: Child[] = [];
    const databaseUrl = () => given ?? findOwn(dataDir);
    const progress = async (what: keyof Progress = 'acknowledged') => {
      let sum = 0;
      for (const client of clients) sum += (await client.ask<Progress>('progress'))[what];
      return sum;
    };

    return {
      app,
      place,
      logs,
      databaseUrl,
      acknowledged: () => progress(),
      async send(wanted, count = 1) {
        for (let i = 0; i < count; i += 1) {
          const name = `c${clients.length + 1}`;
          const client = await startChild('../chaos/actors/client.ts', {
            name,
            seed: `${random.int(0, 2 ** 31)}`,
            ...place,
            keys: [SERVICE_KEY],
            logFile: join(logs, `acks-${name}.log`),
            maxBatch: 100,
            singles: 5,
            ...wanted,
          } satisfies ClientOptions);
          clients.push(client);
          closers.push(() => client.stop());
        }
      },
      async untilMore(count, what) {
        const target = (await progress(what)) + count;
        const deadline = performance.now() + STALL_MS;
        while ((await progress(what)) < target) {
          if (app.accident) throw new Error(app.accident);
          if (performance.now() > deadline) throw new Error(`${count} events took longer than ${STALL_MS} ms`);
          await sleep(20);
        }
      },
      async conclude() {
        const stats: ClientStats[] = [];
        for (const client of clients) stats.push(await client.ask<ClientStats>('finish'));
        const failures = stats.flatMap(({ refused }) => refused.map((one) => `a good event was refused: ${one}`));
        if (app.accident) failures.push(app.accident);
        const began = performance.now();
        failures.push(...(await drained(dataDir)));
        const drainMs = performance.now() - began;
        const url = databaseUrl();
        failures.push(...(await caughtUp(follower, url)));
        await follower.ask('close');
        const check = await runChecker(logs, url);
        return { check, clients: stats, drainMs, failures: [...failures, ...complaintsOf(check)] };
      },
      async close(keep) {
        await closeAll(keep);
        if (!keep) await removeEmbeddedData(dataDir);
      },
    };
  } catch (error) {
    await closeAll(true);
    throw error;
  }
}

type Closer = (keep: boolean) => Promise<unknown>;

/** An embedded server with its usual settings, and its usual fsync, in a folder of its own. */
async function provideDatabase(context: CampaignContext, closers: Closer[]): Promise<string> {
  if (context.databaseUrl !== undefined) return context.databaseUrl;
  const dataDir = join(context.folder, 'database');
  const log = createLogger({ level: 'error' });
  const postgres = await startEmbeddedPostgres({ dataDir, password: PG_PASSWORD, log, port: 0 });
  closers.push(async (keep) => {
    await postgres.stop();
    if (!keep) await removeEmbeddedData(dataDir);
  });
  return postgres.url;
}

/** The address of the application's own database, whose password the application made. */
function findOwn(dataDir: string): string {
  const url = findEmbeddedUrl(dataDir, readKeptSecrets(dataDir)?.pgPassword ?? '');
  if (url === undefined) throw new Error(`no database server runs on ${dataDir}`);
  return url;
}
