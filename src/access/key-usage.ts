import type { Pool } from 'pg';
import type { Clock } from '#platform/clock.ts';

/** Remembers which keys were used, and now and then writes it down: the request itself never waits for it. */
export interface KeyUsage {
  touch(keyId: string): void;
  /** Writes what is new in one statement: for one key at most once a minute. Keeps it for next time when it fails. */
  flush(): Promise<void>;
}

/** Least time between two writes for one key, in milliseconds. */
export const USAGE_INTERVAL_MS = 60_000;

const WRITE_USAGE = `
  UPDATE api_key SET last_used_at = used.at
  FROM unnest($1::uuid[], $2::timestamptz[]) AS used(id, at)
  WHERE api_key.id = used.id AND (api_key.last_used_at IS NULL OR api_key.last_used_at < used.at)`;

export function createKeyUsage({ pool, clock }: { readonly pool: Pool; readonly clock: Pick<Clock, 'now'> }): KeyUsage {
  const usedAt = new Map<string, Date>();
  const writtenAt = new Map<string, number>();

  return {
    touch(keyId) {
      usedAt.set(keyId, clock.now());
    },
    async flush() {
      const now = clock.now().getTime();
      const due = [...usedAt].filter(([id]) => now - (writtenAt.get(id) ?? 0) >= USAGE_INTERVAL_MS);
      if (due.length === 0) return;
      await pool.query(WRITE_USAGE, [due.map(([id]) => id), due.map(([, at]) => at)]);
      for (const [id, at] of due) {
        writtenAt.set(id, now);
        if (usedAt.get(id) === at) usedAt.delete(id);
      }
    },
  };
}
