import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Clock, systemClock } from '../clock.ts';
import type { Logger } from '../log.ts';
import { type Account, SERVER_ENVIRONMENT } from './account.ts';
import { EmbeddedPostgresError } from './binaries.ts';
import type { Home } from './home.ts';
import { findServer, type RunningServer, stalePid } from './server-process.ts';

/** Where the embedded server listens unless that port is taken: not 5432, which a system's own server has. */
export const USUAL_PORT = 54_329;

/** For one application on one machine, on a disk without seek times; the rest is PostgreSQL's own default. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  max_connections: '100',
  shared_buffers: '256MB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  // A new log segment is filled with zeros while every commit waits, 60 ms; one that was used before is taken at once. So
  // all that were ever needed are kept; a book that never sees such a load never makes them.
  min_wal_size: '2GB',
  max_wal_size: '2GB',
  wal_compression: 'on',
  synchronous_commit: 'on',
  random_page_cost: '1.1',
  // Short queries over many partitions: compiling them costs more than it saves.
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

export interface LaunchOptions {
  readonly home: Home;
  readonly native: string;
  readonly account: Account | undefined;
  readonly port: number;
  readonly settings?: Readonly<Record<string, string>>;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

/** What came of a launch. `running` is also the answer when another process launched the same server first. */
export type Launch =
  | { readonly kind: 'running'; readonly server: RunningServer; readonly isOurs: boolean }
  | { readonly kind: 'port-taken' };

/**
 * Starts the server, in a session of its own (Ctrl-C in our terminal does not reach it) and writing to its own log, and
 * waits until it takes connections. After a crash that can take as long as its recovery does.
 * @throws EmbeddedPostgresError with the end of its log when it gives up.
 */
export async function launchServer(options: LaunchOptions): Promise<Launch> {
  const { home, account, log, signal, clock = systemClock } = options;
  rotate(home.logFile);
  const logFile = openSync(home.logFile, 'a', 0o600);
  const logStart = statSync(home.logFile).size;
  const settings = Object.entries({ ...SETTINGS, ...options.settings, port: String(options.port) });
  const child = spawn(
    join(options.native, 'bin', 'postgres'),
    ['-D', home.cluster, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      cwd: '/',
      detached: true,
      stdio: ['ignore', logFile, logFile],
      env: { ...SERVER_ENVIRONMENT, ...forgiving(home.cluster) },
      ...account,
    },
  );
  closeSync(logFile);
  child.unref();
  let failure: Error | undefined;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      failure = error;
      resolve();
    });
  });

  for (let waits = 1; ; waits += 1) {
    const server = findServer(home.cluster);
    if (server?.isReady) return { kind: 'running', server, isOurs: server.pid === child.pid };
    if (failure) throw new EmbeddedPostgresError(`the database server cannot be run: ${failure.message}`);
    if (child.exitCode !== null || child.signalCode !== null) {
      const words = readFileSync(home.logFile, 'utf8').slice(logStart);
      if (words.includes('could not bind') || words.includes('could not create any TCP/IP sockets')) {
        return { kind: 'port-taken' };
      }
      // Another process was first; it is for the caller to wait for that server.
      if (server) return { kind: 'running', server, isOurs: false };
      const tail = words.trim().split('\n').slice(-8).join('\n');
      throw new EmbeddedPostgresError(`the database server did not start; ${home.logFile} ends with:\n${tail}`);
    }
    if (signal.aborted) {
      child.kill('SIGINT');
      await ended;
      throw signal.reason;
    }
    if (waits % 500 === 0) log.warn({ log: home.logFile }, 'the database server is still starting');
    await clock.sleep(20);
  }
}

/**
 * Tells the server to take no offence at a stale pid file's number, by the variable with which pg_ctl names its own
 * parent. The file stays: it also holds what tells the server that processes of its predecessor still live.
 */
function forgiving(cluster: string): Record<string, string> {
  const pid = stalePid(cluster);
  return pid === undefined ? {} : { PG_GRANDPARENT_PID: String(pid) };
}

/** `wanted` when it is free on the loopback address, else any that is. */
export async function freePort(wanted: number): Promise<number> {
  return (await tryPort(wanted)) ?? (await tryPort(0)) ?? wanted;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(undefined));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}

const LARGEST_LOG_BYTES = 20 * 1024 * 1024;

/** Keeps the log and the one before. */
function rotate(logFile: string): void {
  if (existsSync(logFile) && statSync(logFile).size > LARGEST_LOG_BYTES) renameSync(logFile, `${logFile}.1`);
}
