import type pg from 'pg';
import { z } from 'zod';
import type { FallbackState } from '#ingest/index.ts';
import type { Clock } from '#platform/clock.ts';
import { isStillRunning, processIdentitySchema } from '#platform/process-identity.ts';
import { PROCESS_NAME, type ThisProcess } from '#platform/this-process.ts';

/**
 * This process in the table of processes: a sign of life that is committed like an event, every few seconds, with how full
 * its spool is. Whoever looks at servers, or evaluates rules of alerts, sees all of them there.
 */
export interface Pulse {
  /** Says that this process lives; the first one tells also of those that were killed. Over `db` when it is given. */
  beat(db?: Pick<pg.Pool, 'query'>): Promise<void>;
  /** Stopped in good order; a sign of life after that would take it back. */
  end(): Promise<void>;
}

export interface PulseDeps {
  /** That of ingest: what is proved is that events can be stored. */
  readonly pool: pg.Pool;
  readonly clock: Pick<Clock, 'now'>;
  readonly self: ThisProcess;
  readonly spool: () => Pick<FallbackState['spool'], 'records' | 'bytes' | 'maxBytes' | 'oldestAt' | 'damaged'>;
}

/** A process of another machine counts as killed after so long without a sign. */
const SILENT_MS = 120_000;

/** Enters what is not there: the first time, and in a database that was put in the place of the one before. */
const BEAT_SQL = `
  INSERT INTO server_process (id, place, identity, started_at, beat_at,
    spool_records, spool_bytes, spool_max_bytes, spool_oldest_at, spool_damaged)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at, stopped_at = NULL, spool_records = excluded.spool_records,
    spool_bytes = excluded.spool_bytes, spool_max_bytes = excluded.spool_max_bytes,
    spool_oldest_at = excluded.spool_oldest_at, spool_damaged = excluded.spool_damaged`;
const END_SQL = 'UPDATE server_process SET beat_at = $2, stopped_at = $2 WHERE id = $1';
const RUNNING_SQL = 'SELECT id, identity, beat_at FROM server_process WHERE stopped_at IS NULL AND id <> $1';
/** One statement, so that of several that find a dead process one tells of it; what it left open ended with it. */
const BURY_SQL = `
  WITH dead AS (
    UPDATE server_process SET stopped_at = beat_at WHERE id = $1 AND stopped_at IS NULL
    RETURNING id, ${PROCESS_NAME} AS name, beat_at
  ), told AS (
    INSERT INTO incident (id, kind, process_id, place, opened_at, closed_at, detail)
    SELECT gen_random_uuid(), 'process_killed', id, name, beat_at, $2, $3 FROM dead
  )
  UPDATE incident i SET closed_at = dead.beat_at FROM dead
   WHERE i.process_id = dead.id AND i.closed_at IS NULL AND i.opened_at <= dead.beat_at`;
/** What is long gone says nothing any more. */
const FORGET_SQL = `DELETE FROM server_process WHERE stopped_at < $1`;
const KEPT_MS = 30 * 86_400_000;

const runningRow = z.object({ id: z.string(), identity: processIdentitySchema, beat_at: z.date() });

export function createPulse({ pool, clock, self, spool }: PulseDeps): Pulse {
  const startedAt = clock.now();
  let isEntered = false;
  let begun = 0;
  let written = 0;

  const bury = async (db: Pick<pg.Pool, 'query'>, now: Date) => {
    const { rows } = await db.query(RUNNING_SQL, [self.id]);
    for (const { id, identity, beat_at: beatAt } of z.array(runningRow).parse(rows)) {
      const isRunning = isStillRunning(identity) ?? now.getTime() - beatAt.getTime() < SILENT_MS;
      if (isRunning) continue;
      await db.query(BURY_SQL, [id, now, 'It ended without stopping: killed, or its machine went down.']);
    }
  };
  /** Beats come over two pools, and one may wait long for its connection: then its figures are old, and it is said anew. */
  const sayAlive = async (db: Pick<pg.Pool, 'query'>, now: Date): Promise<void> => {
    begun += 1;
    const number = begun;
    const { id, place, identity } = self;
    const { records, bytes, maxBytes, oldestAt, damaged } = spool();
    const figures = [records, bytes, maxBytes, oldestAt, damaged];
    await db.query(BEAT_SQL, [id, place, JSON.stringify(identity), startedAt, now, ...figures]);
    if (number < written) await sayAlive(db, clock.now());
    written = Math.max(written, number);
  };
  return {
    async beat(db = pool) {
      const now = clock.now();
      if (!isEntered) await bury(db, now);
      await sayAlive(db, now);
      if (!isEntered) await db.query(FORGET_SQL, [new Date(now.getTime() - KEPT_MS)]);
      isEntered = true;
    },
    async end() {
      await pool.query(END_SQL, [self.id, clock.now()]);
    },
  };
}
