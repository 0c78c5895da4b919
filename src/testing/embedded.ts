import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach } from 'vitest';
import { findHome } from '#platform/embedded/home.ts';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  removeEmbeddedData,
  startEmbeddedPostgres,
} from '#platform/embedded/postgres.ts';
import { findServer, type RunningServer } from '#platform/embedded/server-process.ts';
import { silentLogger } from '#platform/log.ts';

/** A data folder of its own for each test, and ways to start the embedded database on it, here and in other processes. */
export interface EmbeddedBench {
  /** Everything of the test is below it, the data folder too. */
  readonly folder: string;
  readonly options: EmbeddedPostgresOptions;
  start(changes?: Partial<EmbeddedPostgresOptions>): Promise<EmbeddedPostgres>;
  startApp(identity?: { uid?: number; gid?: number }): Promise<App>;
  /** The server of the data folder, or undefined when none runs. */
  server(): RunningServer | undefined;
  /** The same where one must run. */
  liveServer(): RunningServer;
}

/** The program of embedded-app.ts, in a process group of its own as a shell makes one. */
interface App {
  readonly process: ChildProcess;
  readonly url: string;
  readonly adopted: boolean;
  /** Sends the signal and waits for the end; gives the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

const APP = fileURLToPath(new URL('./embedded-app.ts', import.meta.url));

/** Call it at the top of a test file: the bench is set up before each test, and everything on it ended after. */
export function setUpEmbeddedBench(password: string): () => EmbeddedBench {
  let bench: EmbeddedBench;
  let running: { stop(): Promise<unknown> }[];

  beforeEach(() => {
    running = [];
    bench = createBench(password, (one) => running.push(one));
  });
  afterEach(async () => {
    for (const one of running) await one.stop();
    await removeEmbeddedData(bench.options.dataDir);
    rmSync(bench.folder, { recursive: true, force: true });
  });
  return () => bench;
}

function createBench(password: string, remember: (one: { stop(): Promise<unknown> }) => void): EmbeddedBench {
  const folder = mkdtempSync(join(tmpdir(), 'embedded-'));
  chmodSync(folder, 0o755);
  const options: EmbeddedPostgresOptions = {
    dataDir: join(folder, 'data'),
    stateDir: join(folder, 'state'),
    password,
    log: silentLogger,
    port: 0,
    settings: { shared_buffers: '16MB' },
    initdbArguments: ['--no-sync'],
  };
  const server = () => {
    const home = findHome(options.dataDir);
    return home && findServer(home.cluster);
  };
  return {
    folder,
    options,
    server,
    liveServer() {
      const found = server();
      if (found === undefined) throw new Error('no server runs');
      return found;
    },
    async start(changes = {}) {
      const postgres = await startEmbeddedPostgres({ ...options, ...changes });
      remember(postgres);
      return postgres;
    },
    async startApp(identity = {}) {
      const app = await launchApp(options, identity);
      remember(app);
      return app;
    },
  };
}

async function launchApp(options: EmbeddedPostgresOptions, identity: { uid?: number; gid?: number }): Promise<App> {
  const { log: _, ...plain } = options;
  const child = spawn(process.execPath, [APP, JSON.stringify(plain)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...identity,
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const exited = once(child, 'exit');
  const [text] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    exited.then(() => Promise.reject(new Error(`the app ended before it was up:\n${errors}`))),
  ]);
  return {
    process: child,
    ...JSON.parse(String(text)),
    async stop(signal: NodeJS.Signals = 'SIGTERM') {
      child.kill(signal);
      await exited;
      return child.exitCode;
    },
  };
}

/** One query on a connection of its own; all values of all rows. */
export async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' });
    return rows.flat();
  } finally {
    await client.end();
  }
}

/** The same, asked again until the database answers. */
export async function queryWhenBack(url: string, sql: string): Promise<unknown[]> {
  for (;;) {
    try {
      return await query(url, sql);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
