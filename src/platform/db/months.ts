import type pg from 'pg';

/**
 * Partitions exist before their rows. Keeps in mind which months this process has seen made, so that the usual batch
 * costs no query.
 */
export interface Months {
  /** Makes the partitions for all these instants that are not there yet. */
  ensure(instants: readonly Date[]): Promise<void>;
  /** Makes this month and the next `ahead` ones. */
  ensureAhead(now: Date, ahead: number): Promise<void>;
}

export function createMonths(pool: pg.Pool): Months {
  const known = new Set<string>();

  const ensure = async (instants: readonly Date[]) => {
    const missing = new Map<string, Date>();
    for (const instant of instants) {
      const month = instant.toISOString().slice(0, 7);
      if (!known.has(month)) missing.set(month, instant);
    }
    for (const [month, instant] of missing) {
      await pool.query('SELECT ensure_activity_month($1)', [instant]);
      known.add(month);
    }
  };

  return {
    ensure,
    ensureAhead(now, ahead) {
      const months = Array.from(
        { length: ahead + 1 },
        (_, i) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + i, 1)),
      );
      return ensure(months);
    },
  };
}
