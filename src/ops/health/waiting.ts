import type pg from 'pg';
import type { HealthReport } from '#domain/health.ts';

/** More than this is not counted: it would take long, and says no more. */
const MOST_WAITING = 10_000;

const COUNT_SQL = `SELECT count(*)::int AS waiting FROM (
  SELECT FROM quarantine WHERE state = 'waiting' LIMIT ${MOST_WAITING}) w`;

/** How many refused events wait, of all workspaces, up to 10,000. */
export async function countWaiting(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ waiting: number }>(COUNT_SQL);
  return rows[0]?.waiting ?? 0;
}

const REASONS_SQL = `
  SELECT code, count(*)::int AS waiting, min(received_at) AS oldest FROM (
    SELECT code, received_at FROM quarantine
     WHERE workspace_id = $1 AND state = 'waiting' LIMIT ${MOST_WAITING}) w
   GROUP BY code ORDER BY waiting DESC, code`;

/** What waits in a workspace, by reason. */
export async function readWaiting(
  pool: pg.Pool,
  workspaceId: string,
): Promise<NonNullable<HealthReport['quarantine']>> {
  const { rows } = await pool.query<{ code: string; waiting: number; oldest: Date }>(REASONS_SQL, [workspaceId]);
  const waiting = rows.reduce((sum, row) => sum + row.waiting, 0);
  const oldest = rows.map((row) => row.oldest).toSorted((a, b) => a.getTime() - b.getTime())[0];
  return {
    waiting,
    isCapped: waiting >= MOST_WAITING,
    oldestAt: oldest?.toISOString() ?? null,
    reasons: rows.map(({ code, waiting: count }) => ({ code, waiting: count })),
  };
}
