import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type pg from 'pg';
import type { FallbackState } from '#ingest/index.ts';
import type { Clock } from '#platform/clock.ts';

const BEAT_SQL = `
  INSERT INTO alert_process (id, place, records, bytes, max_bytes, oldest_at, damaged, beat_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (id) DO UPDATE SET records = excluded.records, bytes = excluded.bytes, max_bytes = excluded.max_bytes,
    oldest_at = excluded.oldest_at, damaged = excluded.damaged, beat_at = excluded.beat_at`;
const LEAVE_SQL = 'DELETE FROM alert_process WHERE id = $1';

export interface ProcessesDeps {
  readonly pool: pg.Pool;
  readonly clock: Pick<Clock, 'now'>;
  readonly dataDir: string;
  readonly fallback: () => FallbackState | undefined;
}

/** Machine and folder, as people know them. */
export function placeOf(dataDir: string): string {
  return `${hostname()}:${dataDir}`;
}

/** Says in the database how full the spool of this process is: whoever evaluates rules sees those of all. */
export function createProcessBeat({ pool, clock, dataDir, fallback }: ProcessesDeps) {
  const id = randomUUID();
  return {
    async beat(): Promise<void> {
      const spool = fallback()?.spool;
      if (!spool) return;
      const { records, bytes, maxBytes, oldestAt, damaged } = spool;
      await pool.query(BEAT_SQL, [id, placeOf(dataDir), records, bytes, maxBytes, oldestAt, damaged, clock.now()]);
    },
    async leave(): Promise<void> {
      await pool.query(LEAVE_SQL, [id]);
    },
  };
}
