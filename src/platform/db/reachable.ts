import pg from 'pg';
import { type BackoffPolicy, NETWORK_BACKOFF, retryWithBackoff } from '../backoff.ts';
import type { Logger } from '../log.ts';
import { isLineFailure } from './line.ts';
import { clientConfig } from './pool.ts';
import { sqlState } from './sql-state.ts';

export interface ConnectOptions {
  readonly url: string;
  readonly applicationName: string;
  /** How long to keep trying a server that is not there yet, in milliseconds; 30 seconds when not given. */
  readonly deadlineMs?: number;
  readonly policy?: BackoffPolicy;
  readonly signal?: AbortSignal;
  readonly log?: Logger;
}

/** The database is there but cannot be used, or was not there in time. The message says what to do. */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError';
}

/**
 * One connection without time limits, once the server takes one: a server that is not reachable yet, or still
 * starting, is tried again with growing waits. The caller ends it.
 * @throws DatabaseUnavailableError at once for a wrong password, role or database name, else after the deadline.
 */
export async function connectWhenReady(options: ConnectOptions): Promise<pg.Client> {
  const { url, applicationName, signal } = options;
  const limits = { statementTimeoutMs: 0, lockTimeoutMs: 0, idleInTransactionTimeoutMs: 0 };
  const connect = async () => {
    const client = new pg.Client(clientConfig({ url, applicationName, ...limits }));
    client.on('error', (error) => options.log?.warn({ err: error }, 'database connection lost'));
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
  };
  try {
    return await retryWithBackoff(connect, {
      policy: options.policy ?? NETWORK_BACKOFF,
      deadlineMs: options.deadlineMs ?? 30_000,
      isRetryable: isNotReachableYet,
      ...(signal && { signal }),
      onRetry: (error, attempt, delayMs) => {
        if (attempt === 3) options.log?.warn({ err: error, delayMs }, 'waiting for the database server');
      },
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new DatabaseUnavailableError(explain(url, error), { cause: error });
  }
}

/** SQLSTATEs of a server that is about to be there: starting or stopping, out of connections, connection failures. */
const PASSING_STATES = /^(57P0[123]|53300|08...)$/;
const PASSING_SOCKET_ERRORS: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** True when trying the same again can succeed: the server is away or busy, not the request wrong. */
export function isNotReachableYet(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // Prisma makes an error of its own of what it does not know, with the same code; it has no other sockets.
  if (isLineFailure(error) || error.name.startsWith('PrismaClient')) {
    const failures = error instanceof AggregateError ? error.errors : [error];
    if (failures.some((failure) => PASSING_SOCKET_ERRORS.has(codeOf(failure) ?? ''))) return true;
  }
  const code = sqlState(error) ?? codeOf(error);
  if (code === undefined) return UNCODED_LOSS.has(error.message);
  return PASSING_STATES.test(code) || PASSING_PRISMA_ERRORS.has(code);
}

/** What Prisma makes of a server that is away, too slow to connect to, or that closed the connection. */
const PASSING_PRISMA_ERRORS: ReadonlySet<string> = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024']);

/** `pg` gives these no code: the socket closed under a query, and its own waits for a connection. */
const UNCODED_LOSS: ReadonlySet<string> = new Set([
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'timeout expired',
  'timeout exceeded when trying to connect',
]);

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['28P01', 'it does not accept the password'],
  ['28000', 'it does not accept this user'],
  ['3D000', 'it has no such database: create it first'],
]);

function explain(url: string, error: unknown): string {
  const { hostname, port, pathname, username } = new URL(url);
  const place = `${hostname}:${port || 5432}${pathname}${username ? ` as ${username}` : ''}`;
  const fallback = error instanceof Error ? error.message || codeOf(error) : String(error);
  return `PostgreSQL at ${place} cannot be used: ${REASONS.get(codeOf(error) ?? '') ?? fallback}`;
}
