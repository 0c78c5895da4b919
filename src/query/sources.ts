import type { Pool } from 'pg';

/** Sources are few and come again: those of the latest activities are those that a reader may want to filter by. */
const LATEST = 20_000;

const SOURCES = {
  name: 'sources',
  text: `SELECT DISTINCT source FROM (
           SELECT source FROM activity WHERE workspace_id = $1 ORDER BY occurred_at DESC, id DESC LIMIT ${LATEST}
         ) latest ORDER BY source`,
};

/** The sources of the workspace's latest activities, in alphabetical order. */
export async function sources(pool: Pool, workspaceId: string): Promise<string[]> {
  const { rows } = await pool.query<{ source: string }>({ ...SOURCES, values: [workspaceId] });
  return rows.map(({ source }) => source);
}
