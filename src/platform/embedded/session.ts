import { realpathSync } from 'node:fs';
import { backoffDelay, LOCAL_BACKOFF, NETWORK_BACKOFF } from '../backoff.ts';
import { systemClock } from '../clock.ts';
import { DatabaseUnavailableError, isNotReachableYet } from '../db/reachable.ts';
import { EmbeddedPostgresError } from './binaries.ts';
import type { Home } from './home.ts';
import { freePort, type Launch, type LaunchOptions, launchServer } from './launch.ts';
import { type Lease, openLease } from './lease.ts';
import { findServer, type RunningServer, stopServer } from './server-process.ts';

/** A server that runs, and our right to use it. */
export interface Session {
  readonly server: RunningServer;
  readonly lease: Lease;
  /** Somebody else had started the server. */
  readonly adopted: boolean;
}

export interface SessionOptions extends LaunchOptions {
  readonly password: string;
}

/**
 * Finds the server of this home or launches it, and takes a lease. Goes on while the server is still starting, still
 * stopping, or being launched by another process; takes another port when `port` is taken.
 * @throws EmbeddedPostgresError when it cannot run; the signal's reason when aborted.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  let port = await freePort(options.port);
  for (let attempt = 1; ; attempt += 1) {
    options.signal.throwIfAborted();
    const found = findServer(options.home.cluster);
    const launch: Launch = found
      ? { kind: 'running', server: found, isOurs: false }
      : await launchServer({ ...options, port });
    if (launch.kind === 'port-taken') port = await freePort(0);
    else if (launch.server.isReady) {
      const lease = await leaseOrUndo(launch, options);
      if (lease) return { server: launch.server, lease, adopted: !launch.isOurs };
    }
    await systemClock.sleep(backoffDelay(attempt, LOCAL_BACKOFF), options.signal);
  }
}

/** A server that we launched and then cannot use is stopped again. */
async function leaseOrUndo(launch: Launch & { kind: 'running' }, options: SessionOptions): Promise<Lease | undefined> {
  const { server, isOurs } = launch;
  try {
    return await tryLease(server.port, options.password, options.signal);
  } catch (error) {
    if (isOurs) await stopServer(server.pid, options.home.cluster);
    throw error;
  }
}

/** Undefined when the server went away while we asked. */
async function tryLease(port: number, password: string, signal: AbortSignal): Promise<Lease | undefined> {
  try {
    return await openLease({ port, password, signal });
  } catch (error) {
    const cause = error instanceof DatabaseUnavailableError ? error.cause : error;
    if (isNotReachableYet(cause)) return undefined;
    throw error;
  }
}

/**
 * The same after the server was lost, on the same port, since everybody has the address already; tries until it
 * succeeds (a full disk may be emptied) or the signal aborts.
 */
export async function reopenSession(options: SessionOptions): Promise<Session> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (findServer(options.home.cluster) === undefined && (await freePort(options.port)) !== options.port) {
        throw new EmbeddedPostgresError(`port ${options.port} was taken by another program meanwhile`);
      }
      const session = await openSession(options);
      if (session.server.port === options.port) return session;
      await closeSession(session, options.home);
      throw new EmbeddedPostgresError(
        `the server is on port ${session.server.port} now: this program must be restarted`,
      );
    } catch (error) {
      options.signal.throwIfAborted();
      options.log.error({ err: error, attempt }, 'database server could not be brought back yet');
      await systemClock.sleep(backoffDelay(attempt, NETWORK_BACKOFF), options.signal);
    }
  }
}

/** Lets go of the server; the last one that does stops it, and waits until it is gone. */
export async function closeSession({ lease }: Session, home: Home): Promise<void> {
  const server = findServer(home.cluster);
  if (server === undefined) return lease.release();
  const isLast = await lease.claimLast().catch(() => lease.isLost);
  if (isLast) await stopServer(server.pid, realpathSync(home.cluster));
  await lease.release();
}
