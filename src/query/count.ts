import { TOTAL_CAP } from '#domain/filter.ts';
import { ACTIVITY_VIEW_JOINS } from '#platform/db/activity-view.ts';
import type { PageQuery } from './page-query.ts';
import { createParams } from './params.ts';
import { prepared } from './prepared.ts';
import type { Read, Statement } from './snapshot.ts';
import { activityWhere, isPlain } from './where.ts';

/** How many rows match, counted up to TOTAL_CAP + 1; `assigned` counts only those that belong to a lead. */
export async function count(read: Read, query: PageQuery, options: CountOptions = {}): Promise<number> {
  const [row] = await read<{ total: number }>(countStatement(query, options));
  return row?.total ?? 0;
}

interface CountOptions {
  readonly assigned?: boolean;
}

export function countStatement(query: PageQuery, { assigned = false }: CountOptions = {}): Statement {
  const params = createParams(query.workspaceId);
  const where = activityWhere(params, query.filter, query.leads);
  const text = `
SELECT count(*) AS total FROM (
  SELECT FROM activity a ${where.needsLead || assigned ? ACTIVITY_VIEW_JOINS : ''}
   WHERE ${where.sql} ${assigned ? 'AND l.id IS NOT NULL' : ''}
   LIMIT ${TOTAL_CAP + 1}
) counted`;
  const statement = { text, values: params.values };
  return isPlain(query.filter) ? prepared(statement) : statement;
}
