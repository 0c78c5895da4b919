import pg from 'pg';
import type { Logger } from '../log.ts';
import { columnTypes } from './column-types.ts';
import { type Lines, noteLineFailure, openLine } from './line.ts';
import { withSessionOptions } from './session-options.ts';

export interface PoolOptions {
  readonly url: string;
  /** Shows in pg_stat_activity. */
  readonly applicationName: string;
  /** Most connections at once; 10 when not given. */
  readonly max?: number;
  /** A statement that takes longer is cancelled (57014), in milliseconds; 0 never. */
  readonly statementTimeoutMs?: number;
  /** A statement that waits longer for a lock fails (55P03), in milliseconds; 0 never. */
  readonly lockTimeoutMs?: number;
  /** A transaction left open without a statement for longer is ended, in milliseconds; 0 never. */
  readonly idleInTransactionTimeoutMs?: number;
  /**
   * How long to wait for an answer before the connection is given up, in milliseconds: a server that is frozen, or behind
   * a line that is cut, cancels nothing by itself. For ever when not given.
   */
  readonly queryTimeoutMs?: number;
  /** How long to wait for a new connection or a free one, in milliseconds. */
  readonly connectTimeoutMs?: number;
  /** Asked before a connection is given out: the error it answers refuses it at once. */
  readonly refusal?: () => Error | undefined;
  /** Opens its sockets, so that they can be cut; its own when not given. */
  readonly lines?: Lines;
  /** Hears of idle connections that broke; the pool replaces them by itself. */
  readonly log?: Logger;
}

/**
 * A pool of connections that behave alike on every server: time zone UTC, timeouts set, commits that wait for the disk,
 * values as in column-types.ts.
 * Opens nothing before the first query. The caller ends it with `pool.end()`.
 */
export function createPool(options: PoolOptions): pg.Pool {
  const { refusal } = options;
  const config = { ...clientConfig(options), max: options.max ?? 10, idleTimeoutMillis: 30_000 };
  const pool = refusal ? new RefusingPool(config, refusal) : new pg.Pool(config);
  // Without a listener the loss of an idle connection (a server that restarts) would end the process.
  // What is lost while the pool ends was not wanted any more. (The error itself carries the whole client.)
  pool.on('error', ({ message }) => {
    if (!pool.ending) options.log?.warn({ reason: message }, 'idle database connection lost');
  });
  // That of a connection in use is told by the failure of its query; the event too would end the process.
  pool.on('connect', (client) => client.on('error', noteLineFailure));
  return pool;
}

type OnConnect = Parameters<pg.Pool['connect']>[0];

/** Gives out no connection while `refusal` answers an error. Every query of a pool comes by connect(). */
class RefusingPool extends pg.Pool {
  readonly #refusal: () => Error | undefined;

  constructor(config: pg.PoolConfig, refusal: () => Error | undefined) {
    super(config);
    this.#refusal = refusal;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: OnConnect): void;
  override connect(callback?: OnConnect): Promise<pg.PoolClient> | undefined {
    const refused = this.#refusal();
    if (!refused) {
      if (!callback) return super.connect();
      super.connect(callback);
    } else {
      if (!callback) return Promise.reject(refused);
      process.nextTick(callback, refused, undefined, () => undefined);
    }
    return undefined;
  }
}

/** The same settings for one connection outside a pool, such as the one that LISTENs. */
export function clientConfig(options: PoolOptions): pg.ClientConfig {
  const { url, options: sessionOptions } = withSessionOptions(options.url);
  return {
    connectionString: url,
    application_name: options.applicationName,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    lock_timeout: options.lockTimeoutMs ?? 10_000,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 60_000,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    ...(options.queryTimeoutMs !== undefined && { query_timeout: options.queryTimeoutMs }),
    stream: options.lines?.open ?? openLine,
    keepAlive: true,
    options: sessionOptions,
    types: columnTypes,
  };
}
