import { ACTIVITY_VIEW_COLUMNS, ACTIVITY_VIEW_JOINS } from '#platform/db/activity-view.ts';
import { rowsOfLead } from './lead-rows.ts';
import { limits, olderInGroup, type PageQuery } from './page-query.ts';
import { createParams } from './params.ts';
import type { Statement } from './snapshot.ts';
import { LEAD_NAME, nameOfLead, newestFirst } from './sorting.ts';
import { activityWhere } from './where.ts';

/** A page lead by lead, by name; for each lead ranges of the index (workspace, key, time). */
export function alongLeads(query: PageQuery): Statement {
  const params = createParams(query.workspaceId);
  const { sql } = activityWhere(params, query.filter, query.leads);
  const from = query.position && `${params.add(query.position.group)}::uuid`;
  const limit = params.add(query.limit + query.offset);
  const where = `${sql} ${olderInGroup(params, `i.lead_id = ${from}`, query.position)}`;
  const text = `
SELECT ${ACTIVITY_VIEW_COLUMNS} FROM (
  SELECT a.* FROM (${leadsByName(query.order)}) g
   CROSS JOIN LATERAL (
     SELECT a.* FROM ${rowsOfLead({ lead: 'g.id', where, limit })} ORDER BY ${newestFirst('a')} LIMIT ${limit}
   ) a
   ${from ? `WHERE ${leadsFrom(from, query.order)}` : ''}
   ORDER BY g.name ${query.order}, g.id, ${newestFirst('a')}
   ${limits(params, query)}
) a ${ACTIVITY_VIEW_JOINS}
 ORDER BY ${LEAD_NAME} ${query.order}, l.id, ${newestFirst('a')}`;
  return { text, values: params.values };
}

/** In order before anything is joined: so the join stops when the page is full. */
function leadsByName(order: PageQuery['order']): string {
  return `SELECT l.id, ${LEAD_NAME} AS name FROM leads l WHERE l.workspace_id = $1 ORDER BY name ${order}, l.id`;
}

function leadsFrom(id: string, order: PageQuery['order']): string {
  const name = nameOfLead(id);
  return `g.name ${order === 'desc' ? '<' : '>'} ${name} OR (g.name = ${name} AND g.id >= ${id})`;
}
