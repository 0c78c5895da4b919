import { TOTAL_CAP } from '#domain/filter.ts';
import {
  ACTIVITY_VIEW_COLUMNS,
  ACTIVITY_VIEW_JOINS,
  type ActivityViewRow,
  toActivityView,
} from '#platform/db/activity-view.ts';
import { limits, type PageQuery, type Rows } from './page-query.ts';
import { createParams } from './params.ts';
import type { Read, Statement } from './snapshot.ts';
import { afterPosition, LEAD_NAME, orderBy } from './sorting.ts';
import { activityWhere } from './where.ts';

/**
 * Reads a page by gathering all that matches, by whatever index finds it, and sorting that. Right for what is rare, in
 * any order. Undefined when more than TOTAL_CAP match: then there is a shorter way, along the order (walk.ts).
 */
export async function gather(read: Read, query: PageQuery): Promise<{ total: number; rows: Rows } | undefined> {
  const rows = await read<GatheredRow>(gatherStatement(query));
  const total = rows[0]?.total ?? 0;
  if (total > TOTAL_CAP) return undefined;
  return { total, rows: rows.filter(isRow).map(toActivityView) };
}

interface Gathered {
  readonly total: number;
}

type GatheredRow = Gathered & (ActivityViewRow | { readonly id: null });

function isRow(row: GatheredRow): row is Gathered & ActivityViewRow {
  return row.id !== null;
}

/** Answers the total with each row of the page, or with one row of nothing when the page is empty. */
export function gatherStatement(query: PageQuery): Statement {
  const params = createParams(query.workspaceId);
  const where = activityWhere(params, query.filter, query.leads);
  const needsLead = where.needsLead || query.sort === 'lead';
  const lead = needsLead ? `l.id AS lead_id, ${LEAD_NAME} AS lead_name` : 'NULL::uuid AS lead_id, NULL AS lead_name';
  const after = query.position ? `WHERE ${afterPosition(params, 'm', query, query.position)}` : '';
  const order = orderBy('m', query);
  const text = `
WITH matching AS MATERIALIZED (
  SELECT a.id, a.occurred_at, a.type, ${lead}
    FROM activity a ${needsLead ? ACTIVITY_VIEW_JOINS : ''}
   WHERE ${where.sql}
   LIMIT ${TOTAL_CAP + 1}
), page AS (
  SELECT m.*, row_number() OVER (ORDER BY ${order}) AS place FROM matching m ${after}
   ORDER BY ${order} ${limits(params, query)}
)
SELECT t.total, ${ACTIVITY_VIEW_COLUMNS}
  FROM (SELECT count(*) AS total FROM matching) t
  LEFT JOIN page m ON true
  LEFT JOIN activity a ON a.id = m.id AND a.occurred_at = m.occurred_at AND a.workspace_id = $1
  ${ACTIVITY_VIEW_JOINS}
 ORDER BY m.place`;
  return { text, values: params.values };
}
