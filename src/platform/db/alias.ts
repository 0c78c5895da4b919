import type pg from 'pg';

/** An id that a receipt named for an activity that is in the book under another one. */
export interface ActivityAlias {
  readonly workspaceId: string;
  readonly alias: string;
  readonly activityId: string;
  readonly occurredAt: Date;
}

/** Nobody can ask for those of a workspace that is gone; they must not hold up the others of their batch. */
const RECORD_SQL = `
  INSERT INTO activity_alias (workspace_id, id, activity_id, occurred_at)
  SELECT i.* FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[])
    AS i (workspace_id, id, activity_id, occurred_at)
  JOIN workspace w ON w.id = i.workspace_id
  ON CONFLICT DO NOTHING`;

/** Makes ids of receipts lead to the activities that are in the book; the same one again changes nothing. */
export async function recordAliases(pool: Pick<pg.Pool, 'query'>, aliases: readonly ActivityAlias[]): Promise<void> {
  if (aliases.length === 0) return;
  await pool.query(RECORD_SQL, [
    aliases.map(({ workspaceId }) => workspaceId),
    aliases.map(({ alias }) => alias),
    aliases.map(({ activityId }) => activityId),
    aliases.map(({ occurredAt }) => occurredAt),
  ]);
}
