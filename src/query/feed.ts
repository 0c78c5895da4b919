import type { Pool } from 'pg';
import type { ActivityView } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import { type ActivityFilter, type ActivityPage, type PageRequest, TOTAL_CAP } from '#domain/filter.ts';
import { readBookPosition } from './book-position.ts';
import { count } from './count.ts';
import { gather } from './gather.ts';
import type { PageQuery, Rows } from './page-query.ts';
import { hinder } from './plan.ts';
import { formatPosition, readPosition } from './position.ts';
import { findTermLeads } from './search-leads.ts';
import { parseSearch } from './search-words.ts';
import { inSnapshot, type Read } from './snapshot.ts';
import { walk } from './walk.ts';

/**
 * A page of the workspace's activities. Page, total and stream cursor are of one moment.
 * @throws AppError INVALID_INPUT for a cursor that is none, for a page beyond TOTAL_CAP rows (those go by cursor) and for
 * a search that takes too long; UNAVAILABLE when reading takes too long without one
 */
export async function feed(
  pool: Pool,
  workspaceId: string,
  filter: ActivityFilter,
  request: PageRequest,
): Promise<ActivityPage<ActivityView>> {
  const position = readPosition(request);
  const offset = position ? 0 : offsetOf(request);
  const { sort, order, limit } = request;
  const read = async (read: Read) => {
    const streamCursor = await readBookPosition(read);
    const leads = await findTermLeads(read, workspaceId, filter);
    // One row more than asked for tells whether there is a next page.
    const query = { workspaceId, filter, leads, sort, order, limit: limit + 1, offset, position };
    return { streamCursor, ...(await readPage(read, query)) };
  };
  const { streamCursor, total, rows } = await inSnapshot(pool, read, tooSlow(filter));
  return {
    rows: rows.slice(0, limit),
    total: Math.min(total, TOTAL_CAP),
    totalIsCapped: total > TOTAL_CAP,
    nextCursor: nextCursor(request, rows),
    streamCursor,
  };
}

interface CountedRows {
  readonly total: number;
  readonly rows: Rows;
}

/**
 * Two ways to a page, and no way to know beforehand which is short: along the order until the page is full (what is
 * common), or all that matches by whatever index finds it, then sorted (what is rare). For a rare word the first would
 * walk the whole book, for a common one the second would gather it; so the second is tried first, and given up above
 * TOTAL_CAP rows. Without words, and in the order of time, the first is always short.
 */
async function readPage(read: Read, query: PageQuery): Promise<CountedRows> {
  const byIndex = isIndexed(query);
  if (!byIndex && query.sort === 'time') return { total: await count(read, query), rows: await walk(read, query) };
  if (byIndex) await hinder(read, 'walking');
  const gathered = await gather(read, query);
  if (gathered) return gathered;
  await hinder(read, 'gathering');
  return { total: TOTAL_CAP + 1, rows: await walk(read, query) };
}

/** Whether a GIN index finds what the filter asks for: by a source, or by a word that does not name too many leads. */
function isIndexed({ filter, leads }: PageQuery): boolean {
  const terms = parseSearch(filter.search ?? '');
  return (filter.sources ?? []).length > 0 || terms.some((term, at) => !term.excluded && leads[at] !== 'many');
}

function offsetOf({ page, limit }: PageRequest): number {
  const offset = (page - 1) * limit;
  if (offset < TOTAL_CAP) return offset;
  const message = `Pages beyond row ${TOTAL_CAP} go by cursor: send nextCursor of the page before`;
  throw new AppError('INVALID_INPUT', { issues: [{ path: 'page', message }] });
}

function nextCursor({ sort, order, limit }: PageRequest, rows: Rows): string | null {
  const last = rows[limit - 1];
  if (rows.length <= limit || !last) return null;
  const group = { time: '', type: last.type, lead: last.lead?.id ?? '' }[sort];
  return formatPosition(sort, order, { group, occurredAt: last.occurredAt, id: last.id });
}

function tooSlow({ search }: ActivityFilter): (() => AppError) | undefined {
  if (!search) return undefined;
  const message = 'This search is too broad: add a date, a lead, a type or another word.';
  return () => new AppError('INVALID_INPUT', { message, issues: [{ path: 'search', message }] });
}
