import type { Pool } from 'pg';
import type { ActivityFilter } from '#domain/filter.ts';
import { ACTIVITY_VIEW_JOINS } from '#platform/db/activity-view.ts';
import { createParams } from './params.ts';
import { prepared } from './prepared.ts';
import { toQuery } from './snapshot.ts';
import { activityWhere } from './where.ts';

/**
 * The ids of those activities with `fromSeqExclusive < seq <= toSeqInclusive` that match the filter, by the condition
 * that pages use: how a live stream knows what a search shows. The range is expected to be short.
 */
export async function matchSearch(
  pool: Pool,
  workspaceId: string,
  filter: ActivityFilter,
  fromSeqExclusive: number,
  toSeqInclusive: number,
): Promise<ReadonlySet<string>> {
  const params = createParams(workspaceId);
  const { sql, needsLead } = activityWhere(params, filter);
  const range = `a.seq > ${params.add(fromSeqExclusive)}::bigint AND a.seq <= ${params.add(toSeqInclusive)}::bigint`;
  const text = `SELECT a.id FROM activity a ${needsLead ? ACTIVITY_VIEW_JOINS : ''}\n WHERE ${range} AND ${sql}`;
  const { rows } = await pool.query<{ id: string }>(toQuery(prepared({ text, values: params.values })));
  return new Set(rows.map(({ id }) => id));
}
