import type { Pool } from 'pg';
import { AppError } from '#domain/errors.ts';

/**
 * The time zone in which the workspace reckons its days.
 * @throws AppError NOT_FOUND when there is no such workspace
 */
export async function timeZone(pool: Pool, workspaceId: string): Promise<string> {
  const { rows } = await pool.query<{ time_zone: string }>({
    name: 'time_zone',
    text: 'SELECT time_zone FROM workspace WHERE id = $1',
    values: [workspaceId],
  });
  const [workspace] = rows;
  if (!workspace) throw new AppError('NOT_FOUND', { message: 'There is no such workspace.' });
  return workspace.time_zone;
}
