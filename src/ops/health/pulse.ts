import type pg from 'pg';
import { z } from 'zod';
import type { Clock } from '#platform/clock.ts';
import { isStillRunning, ownIdentity, processIdentitySchema } from '#platform/process-identity.ts';

/** This process in the table of processes: a sign of life that is committed like an event, every few seconds. */
export interface Pulse {
  /** Enters this process, and the incidents of those that were killed. */
  begin(): Promise<void>;
  beat(): Promise<void>;
  /** Stopped in good order. */
  end(): Promise<void>;
}

export interface PulseDeps {
  /** That of ingest: what is proved is that events can be stored. */
  readonly pool: pg.Pool;
  readonly clock: Pick<Clock, 'now'>;
  readonly processId: string;
  readonly place: string;
}

/** A process of another machine counts as killed after so long without a sign. */
const SILENT_MS = 120_000;

const BEGIN_SQL = `
  INSERT INTO server_process (id, place, identity, started_at, beat_at) VALUES ($1, $2, $3, $4, $4)
  ON CONFLICT (id) DO NOTHING`;
const BEAT_SQL = 'UPDATE server_process SET beat_at = $2, stopped_at = NULL WHERE id = $1';
const END_SQL = 'UPDATE server_process SET beat_at = $2, stopped_at = $2 WHERE id = $1';
const RUNNING_SQL = 'SELECT id, identity, beat_at FROM server_process WHERE stopped_at IS NULL AND id <> $1';
/** One statement, so that of several that find a dead process one tells of it; what it left open ended with it. */
const BURY_SQL = `
  WITH dead AS (
    UPDATE server_process SET stopped_at = beat_at WHERE id = $1 AND stopped_at IS NULL RETURNING id, place, beat_at
  ), told AS (
    INSERT INTO incident (id, kind, process_id, place, opened_at, closed_at, detail)
    SELECT gen_random_uuid(), 'process_killed', id, place, beat_at, $2, $3 FROM dead
  )
  UPDATE incident i SET closed_at = dead.beat_at FROM dead
   WHERE i.process_id = dead.id AND i.closed_at IS NULL AND i.opened_at <= dead.beat_at`;
/** What is long gone says nothing any more. */
const FORGET_SQL = `DELETE FROM server_process WHERE stopped_at < $1`;
const KEPT_MS = 30 * 86_400_000;

const runningRow = z.object({ id: z.string(), identity: processIdentitySchema, beat_at: z.date() });

export function createPulse({ pool, clock, processId, place }: PulseDeps): Pulse {
  const bury = async (now: Date) => {
    const { rows } = await pool.query(RUNNING_SQL, [processId]);
    for (const { id, identity, beat_at: beatAt } of z.array(runningRow).parse(rows)) {
      const isRunning = isStillRunning(identity) ?? now.getTime() - beatAt.getTime() < SILENT_MS;
      if (isRunning) continue;
      await pool.query(BURY_SQL, [id, now, 'It ended without stopping: killed, or its machine went down.']);
    }
  };
  return {
    async begin() {
      const now = clock.now();
      await bury(now);
      await pool.query(BEGIN_SQL, [processId, place, JSON.stringify(ownIdentity()), now]);
      await pool.query(FORGET_SQL, [new Date(now.getTime() - KEPT_MS)]);
    },
    async beat() {
      await pool.query(BEAT_SQL, [processId, clock.now()]);
    },
    async end() {
      await pool.query(END_SQL, [processId, clock.now()]);
    },
  };
}
