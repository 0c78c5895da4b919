import type pg from 'pg';
import { AppError } from '#domain/errors.ts';
import { isDatabaseAway } from '#platform/db/away.ts';
import type { Logger } from '#platform/log.ts';
import { createService, type Service } from '#platform/service.ts';
import { DETAIL_COLUMNS, toWaiting } from './entry-row.ts';
import { type ReplayDeps, replayEntries } from './replay.ts';

export interface SweeperDeps extends ReplayDeps {
  readonly log: Logger;
  /** Takes on the replays that a dead process has left. */
  readonly adopt: () => Promise<void>;
}

const INTERVAL_MS = 15_000;
const CHUNK = 100;
/** Who did it, for entries that healed by themselves. */
const AUTOMATIC = 'automatic retry';

/** Held by the one process that sweeps; gone with its connection. */
const LOCK_SQL = "SELECT pg_try_advisory_lock(x'48495354'::int, x'51554152'::int) AS taken";
const UNLOCK_SQL = "SELECT pg_advisory_unlock(x'48495354'::int, x'51554152'::int)";
const DUE_SQL = `
  SELECT ${DETAIL_COLUMNS} FROM quarantine
  WHERE state = 'waiting' AND next_retry_at <= $1 ORDER BY next_retry_at, id LIMIT ${CHUNK}`;

/** Tries what is due again, every quarter of a minute, in one process at a time. */
export function createSweeper(deps: SweeperDeps): Service {
  const { clock, log } = deps;
  const sweepAndAdopt = async (signal: AbortSignal) => {
    await sweep(deps, signal);
    await deps.adopt();
  };
  return createService({
    name: 'retry queue',
    start() {
      const abort = new AbortController();
      const loop = async () => {
        while (!abort.signal.aborted) {
          await sweepAndAdopt(abort.signal).catch((error: unknown) => {
            const isPassing = isDatabaseAway(error) || (error instanceof AppError && error.retryable);
            log[isPassing ? 'debug' : 'error']({ err: error }, 'the retry queue could not be swept');
          });
          await clock.sleep(INTERVAL_MS, abort.signal).catch(() => undefined);
        }
      };
      const done = loop();
      return () => {
        abort.abort();
        return done;
      };
    },
  });
}

/** Tries everything that is due once; nothing when another process is at it. Gives how many were stored. */
export async function sweep(deps: ReplayDeps, signal?: AbortSignal): Promise<number> {
  const client = await deps.pool.connect();
  let taken = false;
  try {
    taken = (await client.query(LOCK_SQL)).rows[0]?.taken === true;
    return taken ? await sweepDue(deps, client, signal) : 0;
  } finally {
    if (taken) await client.query(UNLOCK_SQL).catch(() => undefined);
    client.release();
  }
}

async function sweepDue(deps: ReplayDeps, client: pg.PoolClient, signal: AbortSignal | undefined): Promise<number> {
  let stored = 0;
  while (!signal?.aborted) {
    const { rows } = await client.query(DUE_SQL, [deps.clock.now()]);
    if (rows.length === 0) break;
    const results = await replayEntries(deps, rows.map(toWaiting), AUTOMATIC);
    stored += results.filter((result) => !(result instanceof AppError)).length;
  }
  return stored;
}
