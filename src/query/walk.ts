import { type ActivityViewRow, toActivityView } from '#platform/db/activity-view.ts';
import { count } from './count.ts';
import type { PageQuery, Rows } from './page-query.ts';
import type { Read, Statement } from './snapshot.ts';
import { alongLeads } from './walk-leads.ts';
import { alongTime } from './walk-time.ts';
import { alongTypes } from './walk-types.ts';

/**
 * Reads a page along its order and stops when it is full: the way for what is common. For what is rare it would walk
 * the whole book; gather.ts is for that.
 */
export function walk(read: Read, query: PageQuery): Promise<Rows> {
  if (query.sort === 'time') return readRows(read, alongTime(query));
  if (query.sort === 'type') return readRows(read, alongTypes(query));
  return walkLeads(read, query);
}

/** Lead by lead, then what belongs to none. */
async function walkLeads(read: Read, query: PageQuery): Promise<Rows> {
  if (query.position?.group === '') return readRows(read, alongTime({ ...query, order: 'desc' }, { unassigned: true }));
  const rows = await readRows(read, alongLeads(query));
  if (rows.length === query.limit) return rows;
  const isPastLeads = rows.length === 0 && query.offset > 0;
  const skipped = isPastLeads ? await count(read, query, { assigned: true }) : query.offset;
  const limit = query.limit - rows.length;
  const offset = query.offset - skipped;
  const rest: PageQuery = { ...query, order: 'desc', limit, offset, position: undefined };
  return [...rows, ...(await readRows(read, alongTime(rest, { unassigned: true })))];
}

export async function readRows(read: Read, statement: Statement): Promise<Rows> {
  return (await read<ActivityViewRow>(statement)).map(toActivityView);
}
