import type { Pool } from 'pg';
import type { ActivityView } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import type { LeadSummary } from '#domain/lead.ts';
import { ACTIVITY_VIEW_COLUMNS } from '#platform/db/activity-view.ts';
import { readBookPosition } from './book-position.ts';
import { rowsOfLead } from './lead-rows.ts';
import { createParams } from './params.ts';
import { hinder } from './plan.ts';
import { formatPosition, type Position, readPosition } from './position.ts';
import { prepared } from './prepared.ts';
import { inSnapshot, type Read, type Statement } from './snapshot.ts';
import { afterPosition, newestFirst } from './sorting.ts';
import { readRows } from './walk.ts';
import { activityWhere, isPlain } from './where.ts';

export interface TimelineRequest {
  readonly leadId: string;
  readonly types?: readonly string[] | undefined;
  readonly categories?: readonly string[] | undefined;
  readonly search?: string | undefined;
  /** Rows of a page, 1 to 200; 100 when not given. */
  readonly limit?: number | undefined;
  /** nextCursor of the page before. */
  readonly cursor?: string | undefined;
}

export interface Timeline {
  readonly lead: LeadSummary;
  /** Newest first. */
  readonly rows: readonly ActivityView[];
  readonly nextCursor: string | null;
  /** Follow from here to miss nothing and repeat nothing. */
  readonly streamCursor: string;
}

const BY_TIME = { sort: 'time', order: 'desc' } as const;
const DEFAULT_LIMIT = 100;

/**
 * What happened to a lead, whatever key it came under: also what came before the lead was known.
 * @throws AppError NOT_FOUND when the workspace has no such lead, INVALID_INPUT for a cursor that is none
 */
export async function timeline(pool: Pool, workspaceId: string, request: TimelineRequest): Promise<Timeline> {
  const { leadId, limit = DEFAULT_LIMIT, cursor } = request;
  const position = readPosition({ ...BY_TIME, cursor });
  return inSnapshot(pool, async (read) => {
    const lead = await readLead(read, workspaceId, leadId);
    const streamCursor = await readBookPosition(read);
    await hinder(read, 'gathering');
    const rows = await readRows(read, alongLead(workspaceId, request, limit + 1, position));
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    const nextCursor = last ? formatPosition('time', 'desc', { group: '', ...last }) : null;
    return { lead, rows: rows.slice(0, limit), nextCursor, streamCursor };
  });
}

async function readLead(read: Read, workspaceId: string, leadId: string): Promise<LeadSummary> {
  const [lead] = await read<LeadSummary>({
    name: 'timeline_lead',
    text: `SELECT id, first_name AS "firstName", last_name AS "lastName", email
             FROM leads WHERE workspace_id = $1 AND id = $2`,
    values: [workspaceId, leadId],
  });
  if (!lead) throw new AppError('NOT_FOUND', { message: 'There is no such lead.' });
  return lead;
}

/** The statement of one page of a timeline. */
export function alongLead(
  workspaceId: string,
  { leadId, types, categories, search }: TimelineRequest,
  rows: number,
  position: Position | undefined,
): Statement {
  const params = createParams(workspaceId);
  const filter = { types: types && [...types], categories: categories && [...categories], search };
  const conditions = [activityWhere(params, filter).sql];
  if (position) conditions.push(afterPosition(params, 'a', BY_TIME, position));
  const where = conditions.join(' AND ');
  const limit = params.add(rows);
  const from = rowsOfLead({ lead: `${params.add(leadId)}::uuid`, where, limit });
  const text = `SELECT ${ACTIVITY_VIEW_COLUMNS} FROM ${from}\n ORDER BY ${newestFirst('a')} LIMIT ${limit}`;
  const statement = { text, values: params.values };
  return isPlain(filter) ? prepared(statement) : statement;
}
