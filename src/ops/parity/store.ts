import type pg from 'pg';
import { z } from 'zod';
import { AppError } from '#domain/errors.ts';
import { IMPORT_STATES, type ImportReport, type ImportState } from '#domain/import-run.ts';
import {
  PARITY_KINDS,
  type ParityCell,
  type ParityCounts,
  type ParityItem,
  type ParityItemFilter,
  type ParityRunView,
} from '#domain/parity.ts';
import { storableJson, storableText } from '#platform/db/array-literal.ts';
import { inTransaction } from '#platform/db/in-transaction.ts';
import { createParams } from '#query/params.ts';
import type { ImportSettings } from '../import/run-store.ts';
import type { MissingEvent } from './candidate.ts';

const instant = z.date().transform((date) => date.toISOString());

const parityRow = z.object({
  id: z.string(),
  workspace_id: z.string(),
  file_name: z.string(),
  file_path: z.string().nullable(),
  bytes: z.number(),
  bytes_done: z.number(),
  fingerprint: z.string(),
  mapping_name: z.string(),
  settings: z.unknown(),
  time_zone: z.string(),
  state: z.enum(IMPORT_STATES),
  stop_wanted: z.boolean(),
  records: z.number(),
  found: z.number(),
  missing: z.number(),
  different: z.number(),
  extra: z.number(),
  unreadable: z.number(),
  error: z.string().nullable(),
  started_by: z.string(),
  started_at: instant,
  finished_at: instant.nullable(),
});
export type ParityRow = z.output<typeof parityRow>;
const COLUMNS = Object.keys(parityRow.shape).join(', ');

export function toParityView(row: ParityRow): ParityRunView {
  const { records, found, missing, different, extra } = row;
  return {
    id: row.id,
    fileName: row.file_name,
    bytes: row.bytes,
    bytesDone: row.bytes_done,
    mapping: row.mapping_name,
    timeZone: row.time_zone,
    state: row.state,
    counts: { records, found, missing, different, extra },
    unreadable: row.unreadable,
    error: row.error,
    startedBy: row.started_by,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}

export interface NewParityRun {
  readonly id: string;
  readonly workspaceId: string;
  readonly fileName: string;
  readonly filePath?: string | undefined;
  readonly bytes: number;
  readonly fingerprint: string;
  readonly settings: ImportSettings;
  readonly timeZone: string;
  readonly by: string;
  readonly now: Date;
}

const STOP_SQL = `UPDATE parity_run SET stop_wanted = true WHERE workspace_id = $1 AND id = $2 AND state = 'running'`;
/** Those whose process has ended: a comparison is made anew, not taken up. */
const ABANDONED_SQL = `
  UPDATE parity_run SET state = 'stopped', error = 'the process that compared has ended', finished_at = $1
   WHERE state = 'running' AND heartbeat_at < $2`;
const INSERT_SQL = `
  INSERT INTO parity_run (id, workspace_id, file_name, file_path, bytes, fingerprint, mapping_name, settings, time_zone,
    started_by, started_at, heartbeat_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) RETURNING ${COLUMNS}`;
const READ_SQL = `SELECT ${COLUMNS} FROM parity_run WHERE workspace_id = $1 AND id = $2`;
const LIST_SQL = `
  SELECT ${COLUMNS} FROM parity_run WHERE workspace_id = $1 ORDER BY started_at DESC, id DESC LIMIT 50`;
const ADVANCE_SQL = `
  UPDATE parity_run SET records = $2, found = $3, missing = $4, different = $5, extra = $6, unreadable = $7, bytes_done = $8,
    report = $9, heartbeat_at = $10
   WHERE id = $1 RETURNING stop_wanted`;
const CELLS_SQL = `
  INSERT INTO parity_cell AS c (run_id, day, type, source, records, found, missing, different, extra)
  SELECT $1, r.* FROM json_to_recordset($2::json) AS r (day date, type text, source text, records bigint, found bigint,
    missing bigint, different bigint, extra bigint)
  ON CONFLICT (run_id, day, type, source) DO UPDATE SET records = c.records + excluded.records,
    found = c.found + excluded.found, missing = c.missing + excluded.missing,
    different = c.different + excluded.different, extra = c.extra + excluded.extra`;
const ITEMS_SQL = `
  INSERT INTO parity_item (run_id, kind, number, line, record_key, activity_id, day, type, source, occurred_at, subject,
    description, differences, event)
  SELECT $1, r.* FROM json_to_recordset($2::json) AS r (kind text, number bigint, line bigint, key text, "activityId" uuid,
    day date, type text, source text, "occurredAt" timestamptz, subject text, description text, differences jsonb,
    event jsonb)`;
const MATCH_SQL = 'INSERT INTO parity_match (run_id, activity_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING';
const FINISH_SQL = `
  WITH over AS (DELETE FROM parity_match WHERE run_id = $1)
  UPDATE parity_run SET state = $2, error = $3, finished_at = $4, heartbeat_at = $4 WHERE id = $1 RETURNING ${COLUMNS}`;

export async function insertParity(pool: pg.Pool, run: NewParityRun): Promise<ParityRow> {
  const { settings } = run;
  const { rows } = await pool.query(INSERT_SQL, [
    ...[run.id, run.workspaceId, storableText(run.fileName), run.filePath ?? null, run.bytes, run.fingerprint],
    ...[settings.mapping.name, storableJson(settings), run.timeZone, run.by, run.now],
  ]);
  return parityRow.parse(rows[0]);
}

/** @throws AppError NOT_FOUND */
export async function readParity(pool: pg.Pool, workspaceId: string, id: string): Promise<ParityRow> {
  const { rows } = await pool.query(READ_SQL, [workspaceId, id]);
  if (rows.length === 0) throw new AppError('NOT_FOUND', { message: 'There is no such comparison in this workspace.' });
  return parityRow.parse(rows[0]);
}

export async function listParity(pool: pg.Pool, workspaceId: string): Promise<ParityRunView[]> {
  const { rows } = await pool.query(LIST_SQL, [workspaceId]);
  return rows.map((row) => toParityView(parityRow.parse(row)));
}

/** Whoever is at work on it sees it after his next batch. */
export async function wantParityStop(pool: pg.Pool, workspaceId: string, id: string): Promise<void> {
  await pool.query(STOP_SQL, [workspaceId, id]);
}

const ABANDONED_MS = 120_000;

export async function endAbandoned(pool: pg.Pool, now: Date): Promise<void> {
  await pool.query(ABANDONED_SQL, [now, new Date(now.getTime() - ABANDONED_MS)]);
}

export type StoredItem = ParityItem & { readonly event?: MissingEvent | undefined };

/** What a batch of records adds. */
export interface ParityStep {
  readonly counts: ParityCounts;
  readonly unreadable: number;
  readonly bytesDone: number;
  readonly report: ImportReport;
  readonly cells: readonly ParityCell[];
  readonly items: readonly StoredItem[];
  readonly matched: readonly string[];
}

/** Keeps a step, all of it or nothing. Says whether somebody wants it to stop. */
export async function keepStep(pool: pg.Pool, id: string, step: ParityStep, now: Date): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    if (step.cells.length > 0) await client.query(CELLS_SQL, [id, storableJson(step.cells)]);
    if (step.items.length > 0) await client.query(ITEMS_SQL, [id, storableJson(step.items)]);
    if (step.matched.length > 0) await client.query(MATCH_SQL, [id, step.matched]);
    const { records, found, missing, different, extra } = step.counts;
    const numbers = [records, found, missing, different, extra, step.unreadable, step.bytesDone];
    const { rows } = await client.query(ADVANCE_SQL, [id, ...numbers, storableJson(step.report), now]);
    return rows[0]?.stop_wanted === true;
  });
}

export async function finishParity(
  pool: pg.Pool,
  id: string,
  state: Exclude<ImportState, 'running'>,
  error: string | null,
  now: Date,
): Promise<ParityRow> {
  const { rows } = await pool.query(FINISH_SQL, [id, state, error && storableText(error), now]);
  return parityRow.parse(rows[0]);
}

const cellRow = z.object({
  day: z.string(),
  type: z.string(),
  source: z.string(),
  records: z.number(),
  found: z.number(),
  missing: z.number(),
  different: z.number(),
  extra: z.number(),
});
const MAX_CELLS = 20_000;

/** The table, newest day first; `onlyGaps` leaves out what agrees. */
export async function readCells(pool: pg.Pool, runId: string, onlyGaps = false): Promise<ParityCell[]> {
  const gaps = onlyGaps ? 'AND (missing > 0 OR different > 0 OR extra > 0)' : '';
  const { rows } = await pool.query(
    `SELECT ${Object.keys(cellRow.shape).join(', ')} FROM parity_cell WHERE run_id = $1 ${gaps}
     ORDER BY day DESC, type, source LIMIT ${MAX_CELLS}`,
    [runId],
  );
  return rows.map((row) => cellRow.parse(row));
}

const itemRow = z.object({
  kind: z.enum(PARITY_KINDS),
  number: z.number(),
  line: z.number().nullable(),
  record_key: z.string().nullable(),
  activity_id: z.string().nullable(),
  day: z.string(),
  type: z.string(),
  source: z.string(),
  occurred_at: instant,
  subject: z.string(),
  description: z.string(),
  differences: z.array(z.object({ field: z.string(), inFile: z.string(), inBook: z.string() })),
  event: z.unknown(),
});

export interface ItemPage {
  /** The `number` of the last one of the page before. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** A page of those named, in the order of the file. `event` is how a missing one can be imported. */
export async function readItems(
  pool: pg.Pool,
  runId: string,
  filter: ParityItemFilter,
  { after = 0, limit }: ItemPage,
): Promise<readonly (ParityItem & { readonly event: unknown })[]> {
  const params = createParams();
  const where = [`run_id = ${params.add(runId)}`, `kind = ${params.add(filter.kind)}`, `number > ${params.add(after)}`];
  if (filter.day) where.push(`day = ${params.add(filter.day)}::date`);
  if (filter.type) where.push(`type = ${params.add(filter.type)}`);
  if (filter.source) where.push(`source = ${params.add(filter.source)}`);
  const { rows } = await pool.query(
    `SELECT ${Object.keys(itemRow.shape).join(', ')} FROM parity_item WHERE ${where.join(' AND ')}
     ORDER BY number LIMIT ${params.add(limit)}`,
    [...params.values],
  );
  return rows.map((row) => {
    const { record_key: key, activity_id: activityId, occurred_at: occurredAt, ...item } = itemRow.parse(row);
    return { ...item, key, activityId, occurredAt };
  });
}
