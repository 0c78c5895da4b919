import { TOTAL_CAP } from '#domain/filter.ts';
import {
  ACTIVITY_VIEW_COLUMNS,
  ACTIVITY_VIEW_JOINS,
  type ActivityViewRow,
  toActivityView,
} from '#platform/db/activity-view.ts';
import type { PageQuery, Rows } from './page-query.ts';
import { createParams } from './params.ts';
import type { Read } from './snapshot.ts';
import { afterPosition, LEAD_NAME, orderBy } from './sorting.ts';
import { activityWhere } from './where.ts';

/**
 * Reads a page by gathering all that matches, by whatever index finds it, and sorting that. Right for what is rare, in
 * any order. Undefined when more than TOTAL_CAP match: then there is a shorter way, along the order (walk.ts).
 */
export async function gather(read: Read, query: PageQuery): Promise<{ total: number; rows: Rows } | undefined> {
  const params = createParams(query.workspaceId);
  const where = activityWhere(params, query.filter, query.leads);
  const needsLead = where.needsLead || query.sort === 'lead';
  const after = query.position ? `WHERE ${afterPosition(params, 'm', query, query.position)}` : '';
  const order = orderBy('m', query);
  const rows = await read<{ total: number } & (ActivityViewRow | { id: null })>({
    text: `
WITH matching AS MATERIALIZED (
  SELECT a.id, a.occurred_at, a.type, ${needsLead ? `l.id AS lead_id, ${LEAD_NAME} AS lead_name` : 'NULL::uuid AS lead_id, NULL AS lead_name'}
    FROM activity a ${needsLead ? ACTIVITY_VIEW_JOINS : ''}
   WHERE ${where.sql}
   LIMIT ${TOTAL_CAP + 1}
), page AS (
  SELECT m.*, row_number() OVER (ORDER BY ${order}) AS place FROM matching m ${after}
   ORDER BY ${order} LIMIT ${params.add(query.limit)} OFFSET ${params.add(query.offset)}
)
SELECT t.total, ${ACTIVITY_VIEW_COLUMNS}
  FROM (SELECT count(*) AS total FROM matching) t
  LEFT JOIN page m ON true
  LEFT JOIN activity a ON a.id = m.id AND a.occurred_at = m.occurred_at AND a.workspace_id = $1
  ${ACTIVITY_VIEW_JOINS}
 ORDER BY m.place`,
    values: params.values,
  });
  const total = rows[0]?.total ?? 0;
  if (total > TOTAL_CAP) return undefined;
  return {
    total,
    rows: rows.filter((row): row is { total: number } & ActivityViewRow => row.id !== null).map(toActivityView),
  };
}
