import pg from 'pg';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import { createService, type Service } from '../service.ts';
import { isDatabaseAway } from './away.ts';
import { noteLineFailure } from './line.ts';
import { clientConfig, type PoolOptions } from './pool.ts';
import { sqlState } from './sql-state.ts';

/**
 * Whether the server answers, asked every second on a connection of its own.
 *
 *   answering ──no answer, and none to a second look over a new connection──▶ away ──an answer──▶ answering
 *
 * While it is away, whoever would read is refused at once, and what waits for an answer is cut off (see the container): a
 * frozen server tells nobody, and a statement would wait for as long as statements may take. A server that answers and
 * cannot write (a full disk) or takes no more connections is not away.
 */
export interface DatabaseWatch extends Service {
  readonly outage: DatabaseOutage | undefined;
  /** How long the last answer took, in milliseconds; undefined before the first one and while it is away. */
  readonly latencyMs: number | undefined;
  /** The error for whoever asks while it is away. */
  refusal(): Error | undefined;
  /** Calls `listener` when it goes away and when it is back. */
  subscribe(listener: (outage: DatabaseOutage | undefined) => void): () => void;
}

export interface DatabaseOutage {
  readonly since: Date;
  readonly reason: string;
}

export interface DatabaseWatchDeps {
  readonly connection: PoolOptions;
  readonly clock: Clock;
  readonly log: Logger;
  readonly everyMs?: number;
  /** How long an answer may take, in milliseconds. */
  readonly patienceMs?: number;
}

/** The server is known to give no answer: not even asked. */
class DatabaseSilent extends Error {
  override readonly name = 'DatabaseSilent';
}

export function createDatabaseWatch(deps: DatabaseWatchDeps): DatabaseWatch {
  const { clock, log, everyMs = 1_000, patienceMs = 2_000 } = deps;
  const limits = { queryTimeoutMs: patienceMs, connectTimeoutMs: patienceMs, statementTimeoutMs: patienceMs };
  const config = clientConfig({ ...deps.connection, ...limits, applicationName: 'historybook-watch' });
  const listeners = new Set<(outage: DatabaseOutage | undefined) => void>();
  let client: pg.Client | undefined;
  let outage: DatabaseOutage | undefined;
  let latencyMs: number | undefined;

  const change = (next: DatabaseOutage | undefined) => {
    const isNews = (next === undefined) !== (outage === undefined);
    outage = next;
    if (isNews) for (const listener of listeners) listener(next);
  };

  const disconnect = () => {
    client?.end().catch(() => undefined);
    client = undefined;
  };

  const ask = async () => {
    if (!client) {
      client = new pg.Client(config);
      client.on('error', noteLineFailure);
      await client.connect();
    }
    const startedAt = clock.monotonicMs();
    await client.query('SELECT 1');
    latencyMs = clock.monotonicMs() - startedAt;
  };

  const askAnew = async () => {
    disconnect();
    await ask();
  };

  const look = async () => {
    const since = outage?.since ?? clock.now();
    try {
      await ask().catch(askAnew);
      if (outage) log.info({}, 'the database answers again');
      change(undefined);
    } catch (error) {
      disconnect();
      latencyMs = undefined;
      if (!isGone(error)) return;
      const reason = error instanceof Error ? error.message : String(error);
      if (!outage) log.error({ reason }, 'the database gives no answer: reads are refused until it does');
      change({ since, reason });
    }
  };

  const service = createService({
    name: 'database watch',
    start() {
      const abort = new AbortController();
      const watch = async () => {
        while (!abort.signal.aborted) {
          await look();
          await clock.sleep(everyMs, abort.signal).catch(() => undefined);
        }
      };
      const done = watch();
      return async () => {
        abort.abort();
        disconnect();
        await done;
        disconnect();
      };
    },
  });

  return {
    name: service.name,
    start: service.start,
    stop: service.stop,
    get outage() {
      return outage;
    },
    get latencyMs() {
      return latencyMs;
    },
    refusal() {
      if (!outage) return undefined;
      const error = new DatabaseSilent(`the database gives no answer: ${outage.reason}`, { cause: outage });
      // What it stands for is a connection that could not be had.
      return Object.assign(error, { code: NO_CONNECTION });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Not there, or it says nothing. One that answers with why it does not let us in may go on serving those who are in. */
function isGone(error: unknown): boolean {
  return isDatabaseAway(error) && /^(08|57P|$)/.test(sqlState(error) ?? '');
}

/** sqlclient_unable_to_establish_sqlconnection */
const NO_CONNECTION = '08001';
