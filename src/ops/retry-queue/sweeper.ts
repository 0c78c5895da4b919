import type pg from 'pg';
import { AppError } from '#domain/errors.ts';
import { isDatabaseAway } from '#platform/db/away.ts';
import type { Wake } from '#platform/db/wake.ts';
import type { Logger } from '#platform/log.ts';
import { createService, type Service } from '#platform/service.ts';
import { DETAIL_COLUMNS, toWaiting } from './entry-row.ts';
import { createPause } from './pause.ts';
import { type ReplayDeps, replayEntries } from './replay.ts';
import { raiseUnknownLeads } from './unknown-leads.ts';

export interface SweeperDeps extends ReplayDeps {
  readonly log: Logger;
  /** Told of every change of the book, and so of every lead that appears. */
  readonly wake: Pick<Wake, 'subscribe'>;
  /** Takes on the replays that a dead process has left. */
  readonly adopt: () => Promise<void>;
}

const INTERVAL_MS = 15_000;
/** Whether a lead has appeared for what waits is asked so often at most. */
const GLANCE_MS = 500;
const UNKNOWN_LEADS_MS = 10 * 60_000;
const CHUNK = 100;
/** Who did it, for entries that healed by themselves. */
const AUTOMATIC = 'automatic retry';

/** Held by the one process that sweeps; gone with its connection. */
const LOCK_SQL = "SELECT pg_try_advisory_lock(x'48495354'::int, x'51554152'::int) AS taken";
const UNLOCK_SQL = "SELECT pg_advisory_unlock(x'48495354'::int, x'51554152'::int)";
const DUE_SQL = `
  SELECT ${DETAIL_COLUMNS} FROM quarantine
  WHERE state = 'waiting' AND next_retry_at <= $1 ORDER BY next_retry_at, id LIMIT ${CHUNK}`;

const WOKEN_SQL = `
  SELECT ${DETAIL_COLUMNS} FROM quarantine
  WHERE state = 'waiting' AND woken_at IS NOT NULL ORDER BY woken_at, id LIMIT ${CHUNK}`;
const IS_WOKEN_SQL = "SELECT FROM quarantine WHERE state = 'waiting' AND woken_at IS NOT NULL LIMIT 1";

/**
 * Tries what is due again, every quarter of a minute, in one process at a time; at once when a lead has appeared, or was
 * told from another, for which something waits. Raises events whose lead is unknown for too long.
 */
export function createSweeper(deps: SweeperDeps): Service {
  const { clock, log, pool, wake } = deps;
  let lookAt = 0;
  const sweepAndAdopt = async (signal: AbortSignal) => {
    const isTime = clock.monotonicMs() >= lookAt;
    const { isMore } = await sweep(deps, signal, isTime);
    if (isTime) lookAt = clock.monotonicMs() + (isMore ? 0 : UNKNOWN_LEADS_MS);
    await deps.adopt();
  };
  const isWoken = async () => ((await pool.query(IS_WOKEN_SQL)).rowCount ?? 0) > 0;
  return createService({
    name: 'retry queue',
    start() {
      const abort = new AbortController();
      const pause = createPause({ clock, intervalMs: INTERVAL_MS, gapMs: GLANCE_MS, isWoken, signal: abort.signal });
      const unsubscribe = wake.subscribe(pause.nudge);
      const loop = async () => {
        while (!abort.signal.aborted) {
          await sweepAndAdopt(abort.signal).catch((error: unknown) => {
            const isPassing = isDatabaseAway(error) || (error instanceof AppError && error.retryable);
            log[isPassing ? 'debug' : 'error']({ err: error }, 'the retry queue could not be swept');
          });
          await pause.wait();
        }
      };
      const done = loop();
      return () => {
        unsubscribe();
        abort.abort();
        return done;
      };
    },
  });
}

export interface Swept {
  readonly stored: number;
  /** Events of unknown leads are left to look at. */
  readonly isMore: boolean;
}

/** Tries everything that is due once; nothing when another process is at it. Looks for unknown leads when asked to. */
export async function sweep(deps: ReplayDeps, signal?: AbortSignal, looksForUnknown = false): Promise<Swept> {
  const client = await deps.pool.connect();
  let taken = false;
  try {
    taken = (await client.query(LOCK_SQL)).rows[0]?.taken === true;
    if (!taken) return { stored: 0, isMore: false };
    const stored = (await sweepAll(deps, client, WOKEN_SQL, [], signal)) + (await sweepDue(deps, client, signal));
    return { stored, isMore: looksForUnknown && (await raiseUnknownLeads(client, deps)) };
  } finally {
    if (taken) await client.query(UNLOCK_SQL).catch(() => undefined);
    client.release();
  }
}

function sweepDue(deps: ReplayDeps, client: pg.PoolClient, signal: AbortSignal | undefined): Promise<number> {
  return sweepAll(deps, client, DUE_SQL, [deps.clock.now()], signal);
}

async function sweepAll(
  deps: ReplayDeps,
  client: pg.PoolClient,
  sql: string,
  params: readonly unknown[],
  signal: AbortSignal | undefined,
): Promise<number> {
  let stored = 0;
  while (!signal?.aborted) {
    const { rows } = await client.query(sql, [...params]);
    if (rows.length === 0) break;
    const results = await replayEntries(deps, rows.map(toWaiting), AUTOMATIC);
    stored += results.filter((result) => !(result instanceof AppError)).length;
  }
  return stored;
}
