import type pg from 'pg';
import { isDatabaseAway } from '#platform/db/away.ts';

/** More than this is not counted: it would take long, and says no more. */
export const MOST_WAITING = 10_000;

const COUNT_SQL = `SELECT count(*)::int AS waiting FROM (
  SELECT FROM quarantine WHERE state = 'waiting' LIMIT ${MOST_WAITING}) w`;

/** How many refused events wait, of all workspaces, up to MOST_WAITING; undefined while the database cannot say. */
export async function countWaiting({ pool }: { readonly pool: pg.Pool }): Promise<number | undefined> {
  try {
    const { rows } = await pool.query<{ waiting: number }>(COUNT_SQL);
    return rows[0]?.waiting;
  } catch (error) {
    if (isDatabaseAway(error)) return undefined;
    throw error;
  }
}
