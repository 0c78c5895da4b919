import type { ActivityView } from '#domain/activity.ts';
import type { ActivityFilter } from '#domain/filter.ts';
import type { Params } from './params.ts';
import type { Position } from './position.ts';
import type { Sorting } from './sorting.ts';
import type { TermLeads } from './where.ts';

/** One page to read: `limit` rows, from `offset` on, after `position`. */
export interface PageQuery extends Sorting {
  readonly workspaceId: string;
  readonly filter: ActivityFilter;
  /** The leads that the terms of the search name. */
  readonly leads: readonly TermLeads[];
  readonly limit: number;
  readonly offset: number;
  readonly position: Position | undefined;
}

export type Rows = readonly ActivityView[];

export function limits(params: Params, { limit, offset }: Pick<PageQuery, 'limit' | 'offset'>): string {
  return `LIMIT ${params.add(limit)} OFFSET ${params.add(offset)}`;
}

const LAST_ID = "'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid";

/**
 * In the group (type, lead) in which the last page ended, only the rows after its last; in the others all. One row
 * comparison for both, so that the index starts at the right place in each.
 */
export function olderInGroup(params: Params, isSameGroup: string, position: Position | undefined): string {
  if (!position) return '';
  const at = `CASE WHEN ${isSameGroup} THEN ${params.add(position.occurredAt)}::timestamptz ELSE 'infinity' END`;
  const id = `CASE WHEN ${isSameGroup} THEN ${params.add(position.id)}::uuid ELSE ${LAST_ID} END`;
  return `AND (a.occurred_at, a.id) < (${at}, ${id})`;
}
