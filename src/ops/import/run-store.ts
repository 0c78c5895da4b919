import type pg from 'pg';
import { z } from 'zod';
import { AppError, type Issue } from '#domain/errors.ts';
import { importMapping } from '#domain/import-mapping.ts';
import {
  IMPORT_ORIGINS,
  IMPORT_STATES,
  type ImportCounts,
  type ImportOrigin,
  type ImportReport,
  type ImportRunView,
  type ImportState,
} from '#domain/import-run.ts';
import { storableJson, storableText } from '#platform/db/array-literal.ts';
import { inTransactionOn } from '#platform/db/in-transaction.ts';
import { FORMATS, type Place } from './read/source.ts';

/** What was said on top of the mapping, and must be the same after a restart. */
export const importSettings = z.object({
  mapping: importMapping,
  /** The mapping's columns under the names they have in the file. */
  aliases: z.record(z.string(), z.string()).default({}),
  format: z.enum(FORMATS).optional(),
  delimiter: z.string().optional(),
  encoding: z.enum(['utf8', 'latin1', 'utf16le']).optional(),
  /** Events of one call. */
  batch: z.number().int().min(1).max(1000).default(500),
  /** Records per second at most. */
  rate: z.number().positive().optional(),
  /** Says what would become of each record, and stores nothing. */
  dryRun: z.boolean().default(false),
});
export type ImportSettings = z.output<typeof importSettings>;

const instant = z.date().transform((date) => date.toISOString());
const report: z.ZodType<ImportReport> = z.object({ reasons: z.array(z.any()), notices: z.array(z.any()) });

export const runRow = z.object({
  id: z.string(),
  workspace_id: z.string(),
  origin: z.enum(IMPORT_ORIGINS),
  file_name: z.string(),
  file_path: z.string().nullable(),
  bytes: z.number(),
  fingerprint: z.string(),
  format: z.string(),
  mapping_name: z.string(),
  settings: z.unknown(),
  parity_run_id: z.string().nullable(),
  state: z.enum(IMPORT_STATES),
  stop_wanted: z.boolean(),
  records: z.number(),
  bytes_done: z.number(),
  lines_done: z.number(),
  stored: z.number(),
  duplicates: z.number(),
  rejected: z.number(),
  without_event: z.number(),
  leads_created: z.number(),
  report,
  error: z.string().nullable(),
  started_by: z.string(),
  started_at: instant,
  heartbeat_at: instant,
  finished_at: instant.nullable(),
});
export type RunRow = z.output<typeof runRow>;

export const RUN_COLUMNS = Object.keys(runRow.shape).join(', ');

export function countsOf(row: RunRow): ImportCounts {
  return {
    records: row.records,
    stored: row.stored,
    duplicates: row.duplicates,
    rejected: row.rejected,
    withoutEvent: row.without_event,
    leadsCreated: row.leads_created,
  };
}

export function toRunView(row: RunRow): ImportRunView {
  return {
    id: row.id,
    fileName: row.file_name,
    bytes: row.bytes,
    bytesDone: row.bytes_done,
    format: row.format,
    mapping: row.mapping_name,
    origin: row.origin,
    isDryRun: importSettings.safeParse(row.settings).data?.dryRun === true,
    canGoOn: row.origin === 'parity' || row.file_path !== null,
    state: row.state,
    counts: countsOf(row),
    report: row.report,
    error: row.error,
    startedBy: row.started_by,
    startedAt: row.started_at,
    heartbeatAt: row.heartbeat_at,
    finishedAt: row.finished_at,
  };
}

export interface NewRun {
  readonly id: string;
  readonly workspaceId: string;
  readonly origin: ImportOrigin;
  readonly fileName: string;
  readonly filePath?: string | undefined;
  readonly bytes: number;
  readonly fingerprint: string;
  readonly format: string;
  readonly settings: ImportSettings;
  readonly parityRunId?: string | undefined;
  readonly start: Place;
  readonly by: string;
  readonly now: Date;
}

export interface RejectedRow {
  readonly record: number;
  readonly event: string;
  readonly line: number;
  readonly code: string;
  readonly issues: readonly Issue[];
  readonly raw: string;
}

/** Where an import stands after a batch. */
export interface Checkpoint {
  readonly place: Place;
  readonly counts: ImportCounts;
  readonly report: ImportReport;
  readonly rejected: readonly RejectedRow[];
}

const INSERT_SQL = `
  INSERT INTO import_run (id, workspace_id, origin, file_name, file_path, bytes, fingerprint, format, mapping_name, settings,
    parity_run_id, records, bytes_done, lines_done, started_by, started_at, heartbeat_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16) RETURNING ${RUN_COLUMNS}`;
const READ_SQL = `SELECT ${RUN_COLUMNS} FROM import_run WHERE workspace_id = $1 AND id = $2`;
/**
 * The latest unfinished import of this very file that understands it in the same way. By a mapping that was put right
 * since, what it had refused would never be tried again, and what it took would go on by the wrong one.
 */
const UNFINISHED_SQL = `
  SELECT ${RUN_COLUMNS} FROM import_run
   WHERE workspace_id = $1 AND fingerprint = $2 AND settings - '{batch,rate}'::text[] = $3::jsonb - '{batch,rate}'::text[]
     AND state <> 'done' AND parity_run_id IS NULL AND settings ->> 'dryRun' IS DISTINCT FROM 'true'
   ORDER BY started_at DESC LIMIT 1`;
/** A stop that was wanted before the work began is still wanted; only one that has been heeded is over. */
const REOPEN_SQL = `
  UPDATE import_run SET state = 'running', stop_wanted = stop_wanted AND state = 'running', error = NULL, finished_at = NULL, heartbeat_at = $2
   WHERE id = $1 AND state <> 'done' RETURNING ${RUN_COLUMNS}`;
/** Nothing when another process has gone on with it. */
const ADVANCE_SQL = `
  UPDATE import_run SET records = $3, bytes_done = $4, lines_done = $5, stored = $6, duplicates = $7, rejected = $8,
    without_event = $9, leads_created = $10, report = $11, heartbeat_at = $12
   WHERE id = $1 AND records = $2 AND state = 'running' RETURNING stop_wanted`;
const REJECT_SQL = `
  INSERT INTO import_reject (run_id, record, event, line, code, issues, raw)
  SELECT $1, r.record, r.event, r.line, r.code, r.issues, r.raw
    FROM json_to_recordset($2::json) AS r (record bigint, event text, line bigint, code text, issues jsonb, raw text)
  ON CONFLICT DO NOTHING`;
const FINISH_SQL = `
  UPDATE import_run SET state = $2, error = $3, finished_at = $4, heartbeat_at = $4
   WHERE id = $1 AND state = 'running' RETURNING ${RUN_COLUMNS}`;

export async function insertRun(pool: pg.Pool, run: NewRun): Promise<RunRow> {
  const { rows } = await pool.query(INSERT_SQL, [
    run.id,
    run.workspaceId,
    run.origin,
    storableText(run.fileName),
    run.filePath ?? null,
    run.bytes,
    run.fingerprint,
    run.format,
    run.settings.mapping.name,
    storableJson(run.settings),
    run.parityRunId ?? null,
    run.start.records,
    run.start.bytes,
    run.start.lines,
    run.by,
    run.now,
  ]);
  return runRow.parse(rows[0]);
}

const LIST_SQL = `
  SELECT ${RUN_COLUMNS} FROM import_run WHERE workspace_id = $1 ORDER BY started_at DESC, id DESC LIMIT 50`;
const STOP_SQL = `UPDATE import_run SET stop_wanted = true WHERE workspace_id = $1 AND id = $2 AND state = 'running'`;

/** The last ones, newest first. */
export async function listRuns(pool: pg.Pool, workspaceId: string): Promise<ImportRunView[]> {
  const { rows } = await pool.query(LIST_SQL, [workspaceId]);
  return rows.map((row) => toRunView(runRow.parse(row)));
}

/** Whoever is at work on it sees it after his next batch. */
export async function wantStop(pool: pg.Pool, workspaceId: string, id: string): Promise<void> {
  await pool.query(STOP_SQL, [workspaceId, id]);
}

/** @throws AppError NOT_FOUND */
export async function readRun(pool: pg.Pool, workspaceId: string, id: string): Promise<RunRow> {
  const { rows } = await pool.query(READ_SQL, [workspaceId, id]);
  if (rows.length === 0) throw new AppError('NOT_FOUND', { message: 'There is no such import in this workspace.' });
  return runRow.parse(rows[0]);
}

export async function findUnfinished(
  pool: pg.Pool,
  workspaceId: string,
  fingerprint: string,
  settings: ImportSettings,
): Promise<RunRow | undefined> {
  const { rows } = await pool.query(UNFINISHED_SQL, [workspaceId, fingerprint, storableJson(settings)]);
  return rows[0] && runRow.parse(rows[0]);
}

/** @throws AppError CONFLICT when it is through */
export async function reopenRun(pool: pg.Pool, id: string, now: Date): Promise<RunRow> {
  const { rows } = await pool.query(REOPEN_SQL, [id, now]);
  if (rows.length === 0) throw new AppError('CONFLICT', { message: 'This import is through.' });
  return runRow.parse(rows[0]);
}

/** Another process has taken the import on. */
export class OvertakenError extends Error {
  override readonly name = 'OvertakenError';
  constructor() {
    super('another process goes on with this import');
  }
}

/**
 * Notes in one transaction how far the import is and which records it refused. Says whether somebody wants it to stop.
 * @throws OvertakenError
 */
export async function advanceRun(
  db: pg.ClientBase,
  id: string,
  from: number,
  { place, counts, report: told, rejected }: Checkpoint,
  now: Date,
): Promise<{ stopWanted: boolean }> {
  return inTransactionOn(db, async () => {
    const { stored, duplicates, rejected: refused, withoutEvent, leadsCreated } = counts;
    const numbers = [place.records, place.bytes, place.lines, stored, duplicates, refused, withoutEvent, leadsCreated];
    const { rows } = await db.query(ADVANCE_SQL, [id, from, ...numbers, storableJson(told), now]);
    if (rows.length === 0) throw new OvertakenError();
    if (rejected.length > 0) await db.query(REJECT_SQL, [id, storableJson(rejected)]);
    return { stopWanted: rows[0].stop_wanted === true };
  });
}

export async function finishRun(
  db: Pick<pg.ClientBase, 'query'>,
  id: string,
  state: Exclude<ImportState, 'running'>,
  error: string | null,
  now: Date,
): Promise<RunRow | undefined> {
  const { rows } = await db.query(FINISH_SQL, [id, state, error && storableText(error), now]);
  return rows[0] && runRow.parse(rows[0]);
}
