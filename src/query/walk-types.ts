import { ACTIVITY_VIEW_COLUMNS, ACTIVITY_VIEW_JOINS } from '#platform/db/activity-view.ts';
import { limits, olderInGroup, type PageQuery } from './page-query.ts';
import { createParams } from './params.ts';
import type { Statement } from './snapshot.ts';
import { newestFirst } from './sorting.ts';
import { activityWhere } from './where.ts';

/** The types in the book, one step of the index (workspace, type) for each. */
const TYPES = `
WITH RECURSIVE types AS (
  (SELECT a.type FROM activity a WHERE a.workspace_id = $1 ORDER BY a.type LIMIT 1)
  UNION ALL
  SELECT (SELECT a.type FROM activity a WHERE a.workspace_id = $1 AND a.type > t.type ORDER BY a.type LIMIT 1)
    FROM types t WHERE t.type IS NOT NULL
)`;

/** A page type by type, each a range of the index (workspace, type, time). */
export function alongTypes(query: PageQuery): Statement {
  const params = createParams(query.workspaceId);
  const { sql, needsLead } = activityWhere(params, query.filter, query.leads);
  const from = query.position && params.add(query.position.group);
  const text = `${TYPES}
SELECT ${ACTIVITY_VIEW_COLUMNS} FROM (
  SELECT a.* FROM (SELECT t.type FROM types t WHERE t.type IS NOT NULL ORDER BY t.type ${query.order}) t
   CROSS JOIN LATERAL (
    SELECT a.* FROM activity a ${needsLead ? ACTIVITY_VIEW_JOINS : ''}
     WHERE ${sql} AND a.type = t.type
       ${olderInGroup(params, `t.type = ${from}`, query.position)}
     ORDER BY ${newestFirst('a')}
     LIMIT ${params.add(query.limit + query.offset)}
  ) a
   ${from ? `WHERE t.type ${query.order === 'desc' ? '<=' : '>='} ${from}` : ''}
   ORDER BY t.type ${query.order}, ${newestFirst('a')}
   ${limits(params, query)}
) a ${ACTIVITY_VIEW_JOINS}
 ORDER BY a.type ${query.order}, ${newestFirst('a')}`;
  return { text, values: params.values };
}
