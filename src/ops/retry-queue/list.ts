import type pg from 'pg';
import { z } from 'zod';
import { formatPageCursor, parsePageCursor } from '#domain/cursor.ts';
import { AppError } from '#domain/errors.ts';
import { TOTAL_CAP } from '#domain/filter.ts';
import {
  QUARANTINE_STATES,
  type QuarantineCounts,
  type QuarantineFilter,
  type QuarantinePage,
  type QuarantineState,
  type QuarantineView,
} from '#domain/quarantine.ts';
import { storableInstant } from '#domain/text.ts';
import { createParams } from '#query/params.ts';
import { ENTRY_COLUMNS, toView } from './entry-row.ts';
import { whereOf } from './where.ts';

export interface QuarantineList {
  readonly rows: readonly QuarantineView[];
  /** Exact up to 10,000; then 10,000 with totalIsCapped. */
  readonly total: number;
  readonly totalIsCapped: boolean;
  readonly nextCursor: string | null;
}

/** The values that entries of a state have, for filters; the most frequent first. */
export interface QuarantineFacets {
  readonly codes: readonly Facet[];
  readonly sources: readonly Facet[];
  readonly types: readonly Facet[];
}
interface Facet {
  readonly value: string;
  readonly count: number;
}

/** One page, newest first. @throws AppError INVALID_INPUT for a cursor that is none */
export async function listEntries(
  pool: pg.Pool,
  workspaceId: string,
  filter: QuarantineFilter,
  { limit, cursor }: QuarantinePage,
): Promise<QuarantineList> {
  const params = createParams();
  const where = whereOf(params, workspaceId, filter);
  const counting = pool.query<{ total: number }>(
    `SELECT count(*) AS total FROM (SELECT FROM quarantine WHERE ${where} LIMIT ${TOTAL_CAP + 1}) AS capped`,
    [...params.values],
  );
  const after = cursor === undefined ? '' : ` AND ${positionAfter(params, cursor)}`;
  const reading = pool.query(
    `SELECT ${ENTRY_COLUMNS} FROM quarantine WHERE ${where}${after}
     ORDER BY received_at DESC, id DESC LIMIT ${params.add(limit + 1)}`,
    [...params.values],
  );
  const [counted, read] = await Promise.all([counting, reading]);
  const total = counted.rows[0]?.total ?? 0;
  const rows = read.rows.slice(0, limit).map(toView);
  const last = rows.at(-1);
  return {
    rows,
    total: Math.min(total, TOTAL_CAP),
    totalIsCapped: total > TOTAL_CAP,
    nextCursor: last && read.rows.length > limit ? formatPageCursor([last.receivedAt, last.id]) : null,
  };
}

const position = z.tuple([storableInstant(), z.uuid()]);

function positionAfter(params: ReturnType<typeof createParams>, cursor: string): string {
  const parsed = position.safeParse(parsePageCursor(cursor));
  if (!parsed.success) {
    throw new AppError('INVALID_INPUT', { issues: [{ path: 'cursor', message: 'must be a nextCursor of this list' }] });
  }
  const [receivedAt, id] = parsed.data;
  return `(received_at, id) < (${params.add(receivedAt)}::timestamptz, ${params.add(id)}::uuid)`;
}

/** How many entries match, by state; the filter's own state does not matter. */
export async function countEntries(
  pool: pg.Pool,
  workspaceId: string,
  filter: QuarantineFilter,
): Promise<QuarantineCounts> {
  const params = createParams();
  const where = whereOf(params, workspaceId, filter, { anyState: true });
  const { rows } = await pool.query<{ state: QuarantineState; count: number }>(
    `SELECT state, count(*) AS count FROM quarantine WHERE ${where} GROUP BY state`,
    [...params.values],
  );
  const count = (state: QuarantineState) => rows.find((row) => row.state === state)?.count ?? 0;
  const [waiting, replayed, discarded] = QUARANTINE_STATES.map(count);
  return { waiting: waiting ?? 0, replayed: replayed ?? 0, discarded: discarded ?? 0 };
}

const FACETS_SQL = `
  SELECT f.facet, f.value, count(*) AS count
  FROM quarantine q, LATERAL (VALUES ('codes', q.code), ('sources', q.source), ('types', q.type)) AS f (facet, value)
  WHERE q.workspace_id = $1 AND q.state = $2 AND f.value IS NOT NULL
  GROUP BY f.facet, f.value ORDER BY count(*) DESC, f.value LIMIT 300`;

export async function readFacets(
  pool: pg.Pool,
  workspaceId: string,
  state: QuarantineState,
): Promise<QuarantineFacets> {
  const { rows } = await pool.query<Facet & { facet: string }>(FACETS_SQL, [workspaceId, state]);
  const of = (name: string) => rows.filter(({ facet }) => facet === name).map(({ value, count }) => ({ value, count }));
  return { codes: of('codes'), sources: of('sources'), types: of('types') };
}
