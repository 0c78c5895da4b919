import type { Client, Pool } from 'pg';
import { ACTIVITY_VIEW_COLUMNS, ACTIVITY_VIEW_JOINS, type ActivityViewRow } from '#platform/db/activity-view.ts';
import { type LiveEvent, toLiveEvent } from './event.ts';

/**
 * The three reads of the live stream. All rely on the append lane: numbers become visible in their order, so that
 * "after the last one seen" skips nothing. Prepared by name, because planning visits every partition (64 of them:
 * 1.2 ms prepared, 4 ms not). The limit stands below the joins, so that a reader far behind joins no more than a page.
 */
export const READ_HEAD = 'SELECT coalesce(max(seq), 0)::bigint AS head FROM activity';

export const READ_AFTER = `SELECT ${ACTIVITY_VIEW_COLUMNS}
  FROM (SELECT * FROM activity WHERE seq > $1 ORDER BY seq LIMIT $2) a ${ACTIVITY_VIEW_JOINS}
 ORDER BY a.seq`;

export const READ_RANGE = `SELECT ${ACTIVITY_VIEW_COLUMNS}
  FROM (SELECT * FROM activity WHERE workspace_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4) a
  ${ACTIVITY_VIEW_JOINS}
 ORDER BY a.seq`;

type Queryable = Pick<Pool | Client, 'query'>;

/** The highest position that is visible, 0 in an empty book. */
export async function readHead(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ head: number }>({ name: 'live-head', text: READ_HEAD });
  return rows[0]?.head ?? 0;
}

/** At most `limit` activities of all workspaces after position `after`, in order. */
export async function readAfter(db: Queryable, after: number, limit: number): Promise<LiveEvent[]> {
  const { rows } = await db.query<ActivityViewRow>({ name: 'live-after', text: READ_AFTER, values: [after, limit] });
  return rows.map(toLiveEvent);
}

/** At most `limit` activities of one workspace with `after < position <= to`, in order. */
export async function readRange(
  db: Queryable,
  range: { readonly workspaceId: string; readonly after: number; readonly to: number },
  limit: number,
): Promise<LiveEvent[]> {
  const values = [range.workspaceId, range.after, range.to, limit];
  const { rows } = await db.query<ActivityViewRow>({ name: 'live-range', text: READ_RANGE, values });
  return rows.map(toLiveEvent);
}
