import type pg from 'pg';
import { AppError } from '#domain/errors.ts';
import { parseJson } from '#domain/json.ts';
import { type MergePatch, mergePatch } from '#domain/merge-patch.ts';
import { type QuarantineFilter, quarantineFilter, type ReplayProgress, type ReplayTrial } from '#domain/quarantine.ts';
import { backoffDelay } from '#platform/backoff.ts';
import { storableJson } from '#platform/db/array-literal.ts';
import { isDatabaseAway } from '#platform/db/away.ts';
import { isPassingConflict } from '#platform/db/sql-state.ts';
import { newId } from '#platform/ids.ts';
import { jsonText } from '#platform/json-text.ts';
import type { Logger } from '#platform/log.ts';
import { createParams } from '#query/params.ts';
import { correctEntries, tryEntries } from './correct.ts';
import {
  DETAIL_COLUMNS,
  REPLAY_COLUMNS,
  type ReplayRow,
  replayRow,
  toProgress,
  toWaiting,
  type WaitingEntry,
} from './entry-row.ts';
import { type ReplayDeps, replayEntries } from './replay.ts';
import { whereOf } from './where.ts';

/**
 * Replays all that match a filter, oldest first, in the background. How far it is stands in the database, so that any
 * process can tell, and another one goes on when this one ends before it is through.
 *
 *   running ──all dealt with──▶ done
 *      └─────cancel()────────▶ cancelled
 */
export interface ReplayJobs {
  start(workspaceId: string, filter: QuarantineFilter, by: string, correction?: MergePatch): Promise<ReplayProgress>;
  /** What would become of them, judged by the first chunk. Changes nothing. */
  try(workspaceId: string, filter: QuarantineFilter, correction?: MergePatch): Promise<ReplayTrial>;
  /** @throws AppError NOT_FOUND */
  progress(workspaceId: string, id: string): Promise<ReplayProgress>;
  /** The last ones, newest first. */
  latest(workspaceId: string): Promise<readonly ReplayProgress[]>;
  /** Ends it after the entries that are under way. @throws AppError NOT_FOUND */
  cancel(workspaceId: string, id: string): Promise<ReplayProgress>;
  /** Takes on what another process has left. */
  adopt(): Promise<void>;
  /** Resolves when nothing runs any more; what is not through stays `running`, for another process. */
  stop(): Promise<void>;
}

const CHUNK = 100;
const LATEST = 5;
/** A job of which nobody has heard for so long has lost its process. */
export const ABANDONED_MS = 30_000;

const INSERT_SQL = `
  INSERT INTO quarantine_replay (id, workspace_id, filter, total, started_by, started_at, heartbeat_at, correction)
  VALUES ($1, $2, $3, $4, $5, $6, $6, $7) RETURNING ${REPLAY_COLUMNS}`;
const READ_SQL = `SELECT ${REPLAY_COLUMNS} FROM quarantine_replay WHERE workspace_id = $1 AND id = $2`;
const LATEST_SQL = `
  SELECT ${REPLAY_COLUMNS} FROM quarantine_replay WHERE workspace_id = $1 ORDER BY started_at DESC LIMIT ${LATEST}`;
const CANCEL_SQL = `
  UPDATE quarantine_replay SET state = 'cancelled', finished_at = $3
  WHERE workspace_id = $1 AND id = $2 AND state = 'running'`;
const ADOPT_SQL = `
  UPDATE quarantine_replay SET heartbeat_at = $1
  WHERE state = 'running' AND heartbeat_at < $2 RETURNING ${REPLAY_COLUMNS}`;
/** Nothing when it was cancelled, or another process has gone on with it. */
const ADVANCE_SQL = `
  UPDATE quarantine_replay SET succeeded = succeeded + $3, failed = failed + $4, last_received_at = $5, last_id = $6,
    heartbeat_at = $7
  WHERE id = $1 AND last_id IS NOT DISTINCT FROM $2 RETURNING ${REPLAY_COLUMNS}`;
const FINISH_SQL = `
  UPDATE quarantine_replay SET state = 'done', total = succeeded + failed, finished_at = $2
  WHERE id = $1 AND state = 'running'`;
const RELEASE_SQL = `UPDATE quarantine_replay SET heartbeat_at = '-infinity' WHERE id = $1 AND state = 'running'`;

export function createReplayJobs(deps: ReplayDeps & { readonly log: Logger }): ReplayJobs {
  const { pool, clock, log } = deps;
  const stopped = new AbortController();
  const running = new Set<Promise<void>>();

  const read = async (workspaceId: string, id: string): Promise<ReplayRow> => {
    const { rows } = await pool.query(READ_SQL, [workspaceId, id]);
    if (rows.length === 0) throw new AppError('NOT_FOUND', { message: 'There is no such replay in this workspace.' });
    return replayRow.parse(rows[0]);
  };

  /** One chunk. Gives the job as it stands then, or undefined when there is nothing left to do for us. */
  const advance = async (job: ReplayRow): Promise<ReplayRow | undefined> => {
    const entries = await nextEntries(pool, placeOf(job));
    const last = entries.at(-1);
    if (!last) {
      await pool.query(FINISH_SQL, [job.id, clock.now()]);
      return undefined;
    }
    const corrected = await correctedOf(deps, job, entries);
    const results = await replayEntries(deps, corrected, job.started_by);
    const failed = results.filter((result) => result instanceof AppError).length;
    const { rows } = await pool.query(ADVANCE_SQL, [
      job.id,
      job.last_id,
      results.length - failed,
      failed,
      last.receivedAt,
      last.id,
      clock.now(),
    ]);
    const next = rows[0] && replayRow.parse(rows[0]);
    return next?.state === 'running' ? next : undefined;
  };

  const run = async (first: ReplayRow): Promise<void> => {
    let job: ReplayRow | undefined = first;
    let failures = 0;
    while (job && !stopped.signal.aborted) {
      try {
        job = await advance(job);
        failures = 0;
      } catch (error) {
        const isPassing =
          isDatabaseAway(error) || isPassingConflict(error) || (error instanceof AppError && error.retryable);
        if (!isPassing) log.error({ err: error, replay: first.id }, 'a replay of the quarantine does not get on');
        failures += 1;
        await clock.sleep(backoffDelay(failures), stopped.signal).catch(() => undefined);
      }
    }
    if (job) await pool.query(RELEASE_SQL, [job.id]).catch(() => undefined);
  };

  const runInBackground = (job: ReplayRow) => {
    const done = run(job).finally(() => running.delete(done));
    running.add(done);
  };

  return {
    async start(workspaceId, filter, by, correction) {
      const now = clock.now();
      const total = await countOf(pool, workspaceId, filter);
      const change = correction === undefined ? null : jsonText(correction);
      const values = [newId(now.getTime()), workspaceId, storableJson(filter), total, by, now, change];
      const job = replayRow.parse((await pool.query(INSERT_SQL, values)).rows[0]);
      runInBackground(job);
      return toProgress(job);
    },
    async try(workspaceId, filter, correction) {
      const first = { workspaceId, filter, before: clock.now(), after: undefined };
      const [matching, entries] = await Promise.all([countOf(pool, workspaceId, filter), nextEntries(pool, first)]);
      return { matching, ...(await tryEntries(deps, entries, correction)) };
    },
    progress: async (workspaceId, id) => toProgress(await read(workspaceId, id)),
    async latest(workspaceId) {
      const { rows } = await pool.query(LATEST_SQL, [workspaceId]);
      return rows.map((row) => toProgress(replayRow.parse(row)));
    },
    async cancel(workspaceId, id) {
      await pool.query(CANCEL_SQL, [workspaceId, id, clock.now()]);
      return toProgress(await read(workspaceId, id));
    },
    async adopt() {
      const now = clock.now();
      const { rows } = await pool.query(ADOPT_SQL, [now, new Date(now.getTime() - ABANDONED_MS)]);
      for (const row of rows) runInBackground(replayRow.parse(row));
    },
    async stop() {
      stopped.abort();
      await Promise.all(running);
    },
  };
}

async function countOf(pool: pg.Pool, workspaceId: string, filter: QuarantineFilter): Promise<number> {
  const params = createParams();
  const where = whereOf(params, workspaceId, filter);
  const sql = `SELECT count(*) AS total FROM quarantine WHERE ${where}`;
  return (await pool.query<{ total: number }>(sql, [...params.values])).rows[0]?.total ?? 0;
}

async function correctedOf(deps: ReplayDeps, job: ReplayRow, entries: readonly WaitingEntry[]) {
  if (job.correction === null) return entries;
  return correctEntries(deps, entries, mergePatch.parse(parseJson(job.correction)), job.started_by);
}

/** How far a walk through the entries that match is. */
interface Place {
  readonly workspaceId: string;
  readonly filter: QuarantineFilter;
  /** Those that came up to then, so that a walk ends. */
  readonly before: Date | string;
  readonly after: { readonly receivedAt: string | null; readonly id: string } | undefined;
}

function placeOf(job: ReplayRow): Place {
  return {
    workspaceId: job.workspace_id,
    filter: quarantineFilter.parse(job.filter),
    before: job.started_at,
    after: job.last_id === null ? undefined : { receivedAt: job.last_received_at, id: job.last_id },
  };
}

/** Those that match, in the order in which they came. */
async function nextEntries(pool: pg.Pool, { workspaceId, filter, before, after }: Place): Promise<WaitingEntry[]> {
  const params = createParams();
  const where = whereOf(params, workspaceId, filter);
  const from = after
    ? `AND (received_at, id) > (${params.add(after.receivedAt)}::timestamptz, ${params.add(after.id)}::uuid)`
    : '';
  const { rows } = await pool.query(
    `SELECT ${DETAIL_COLUMNS} FROM quarantine
     WHERE ${where} AND received_at <= ${params.add(before)}::timestamptz ${from}
     ORDER BY received_at, id LIMIT ${CHUNK}`,
    [...params.values],
  );
  return rows.map(toWaiting);
}
