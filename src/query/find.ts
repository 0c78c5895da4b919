import type { Pool } from 'pg';
import type { ActivityView } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import { ACTIVITY_VIEW_COLUMNS, ACTIVITY_VIEW_JOINS } from '#platform/db/activity-view.ts';
import { prepared } from './prepared.ts';
import { inSnapshot } from './snapshot.ts';
import { readRows } from './walk.ts';

const FIND_SQL = `
  SELECT ${ACTIVITY_VIEW_COLUMNS} FROM activity a ${ACTIVITY_VIEW_JOINS}
   WHERE a.workspace_id = $1
     AND a.id = coalesce((SELECT activity_id FROM activity_alias WHERE workspace_id = $1 AND id = $2), $2)`;

/**
 * The activity that a receipt names. One that was acknowledged under another id than it has in the book (its repeat came
 * while the database was away) is found under both.
 * @throws AppError NOT_FOUND when the workspace has none in the book under this id
 */
export async function find(pool: Pool, workspaceId: string, id: string): Promise<ActivityView> {
  const [activity] = await inSnapshot(pool, (read) =>
    readRows(read, prepared({ text: FIND_SQL, values: [workspaceId, id] })),
  );
  if (activity) return activity;
  const message = 'There is no such activity. One that was acknowledged as spooled is here when its spool is drained.';
  throw new AppError('NOT_FOUND', { message });
}
