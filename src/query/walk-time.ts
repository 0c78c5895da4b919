import { ACTIVITY_VIEW_COLUMNS, ACTIVITY_VIEW_JOINS } from '#platform/db/activity-view.ts';
import { limits, type PageQuery } from './page-query.ts';
import { createParams } from './params.ts';
import { prepared } from './prepared.ts';
import type { Statement } from './snapshot.ts';
import { afterPosition, orderBy } from './sorting.ts';
import { activityWhere, isPlain } from './where.ts';

/** A page along the index (workspace, time), in either direction. `unassigned`: only of what belongs to no lead. */
export function alongTime(query: PageQuery, options: { unassigned?: boolean } = {}): Statement {
  const params = createParams(query.workspaceId);
  const sorting = { sort: 'time', order: query.order } as const;
  const { sql, needsLead } = activityWhere(params, query.filter, query.leads);
  const order = orderBy('a', sorting);
  const text = `
SELECT ${ACTIVITY_VIEW_COLUMNS} FROM (
  SELECT a.* FROM activity a ${needsLead || options.unassigned ? ACTIVITY_VIEW_JOINS : ''}
   WHERE ${sql}
     ${query.position ? `AND ${afterPosition(params, 'a', sorting, query.position)}` : ''}
     ${options.unassigned ? 'AND l.id IS NULL' : ''}
   ORDER BY ${order}
   ${limits(params, query)}
) a ${ACTIVITY_VIEW_JOINS}
 ORDER BY ${order}`;
  const statement = { text, values: params.values };
  return isPlain(query.filter) && !options.unassigned ? prepared(statement) : statement;
}
