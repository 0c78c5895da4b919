/**
 * Import: the records of an older system become activities, through the one pipeline, at their original times.
 *
 *   file ──read──▶ records ──mapping──▶ events in the words of door 1 ──judge, store──▶ the book
 *                     └──refused──▶ import_reject: counted, shown, downloadable as a file to put right
 *
 * Promises: constant memory whatever the size; every event once, however often the same file is imported or the process
 * killed; a refused record costs only itself. May import domain, platform, ingest and crm; the door comes from outside.
 */
import type pg from 'pg';
import type { Crm } from '#crm/index.ts';
import { AppError } from '#domain/errors.ts';
import type { ImportMapping } from '#domain/import-mapping.ts';
import { type ImportOrigin, importTags, NO_COUNTS } from '#domain/import-run.ts';
import type { KeyPrincipal } from '#domain/principal.ts';
import type { Clock } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { timeZone } from '#query/time-zone.ts';
import { assertKnownColumns, assertThere } from './column-names.ts';
import type { DeliverDeps } from './deliver.ts';
import { type Feed, fileFeed } from './feed.ts';
import { lockRun, type RunLock } from './lock-run.ts';
import { createLeadMaker } from './make-leads.ts';
import { compileMapping, type RecordMapper } from './map-record.ts';
import { openRecordFile, type RecordFile } from './read/open-file.ts';
import { UnreadableFile } from './read/source.ts';
import { type ImportProgress, type ImportResult, runImport, STOPPED } from './run.ts';
import {
  advanceRun,
  countsOf,
  findUnfinished,
  finishRun,
  type ImportSettings,
  importSettings,
  insertRun,
  OvertakenError,
  type RunRow,
  readRun,
  reopenRun,
} from './run-store.ts';

export type { ToSubmission } from './deliver.ts';
export { createMappings, type KnownMapping, type Mappings, parseMapping } from './mappings.ts';
export type { ImportProgress, ImportResult } from './run.ts';
export type { ImportSettings, RunRow } from './run-store.ts';

export interface ImportDeps extends DeliverDeps {
  readonly pool: pg.Pool;
  readonly crm: Pick<Crm, 'upsertLeads'>;
  readonly clock: Clock;
}

/** A file that can be imported: opened, its mapping made ready, its columns found. */
export interface OpenedImport {
  readonly workspaceId: string;
  readonly fileName: string;
  readonly file: RecordFile;
  readonly mapper: RecordMapper;
  readonly settings: ImportSettings;
}

export interface OpenRequest {
  readonly workspaceId: string;
  readonly path: string;
  readonly fileName: string;
  readonly settings: ImportSettings;
}

/** @throws UnreadableFile; AppError INVALID_INPUT for a mapping that cannot be, or whose columns the file does not have */
export async function openImport(pool: pg.Pool, request: OpenRequest): Promise<OpenedImport> {
  const { workspaceId, path, fileName, settings } = request;
  const { mapping, format, delimiter, encoding, aliases } = settings;
  const mapper = compileMapping(mapping, await timeZone(pool, workspaceId), new Map(Object.entries(aliases)));
  const file = await openRecordFile(path, { mapping, format, delimiter, encoding, name: fileName });
  const opened = { workspaceId, fileName, file, mapper, settings };
  const missing = file.columns ? mapper.missing(file.columns).needed : [];
  if (missing.length > 0) {
    // A column may be missing because its name was given wrongly: that says more.
    assertNames(opened);
    throw columnsMissing(mapping, missing, file.columns ?? []);
  }
  return opened;
}

/**
 * For what begins. What was begun is taken up with the names that it has, also such as are good for nothing: its first
 * records were read with them, and it can be given no others.
 * @throws AppError INVALID_INPUT for names of columns that the mapping, or the file, does not have
 */
export function assertNames({ mapper, file, settings }: Pick<OpenedImport, 'mapper' | 'file' | 'settings'>): void {
  assertKnownColumns(mapper, settings.aliases);
  if (file.columns) assertThere(settings.aliases, file.columns);
}

function columnsMissing(mapping: ImportMapping, missing: readonly string[], columns: readonly string[]): AppError {
  const message = `The file does not have the columns that the mapping ${mapping.name} needs.`;
  const there = `is not in the file, which has: ${columns.filter((name) => name !== '').join(', ')}`;
  return new AppError('INVALID_INPUT', { message, issues: missing.map((path) => ({ path, message: there })) });
}

/** @throws AppError INVALID_INPUT */
export function settingsOf(
  mapping: ImportMapping,
  more: Partial<Omit<ImportSettings, 'mapping'>> = {},
): ImportSettings {
  return importSettings.parse({ mapping, ...more });
}

export interface BeginOptions {
  readonly origin: ImportOrigin;
  readonly by: string;
  readonly filePath?: string;
  /** Begin anew although the same file was begun before. */
  readonly isFresh?: boolean;
}

/**
 * Makes a new import of the file, or takes up the one of the same file, understood in the same way, that did not end.
 * @throws AppError INVALID_INPUT, as `assertNames`, for a new one
 */
export async function beginImport(
  { pool, clock }: Pick<ImportDeps, 'pool' | 'clock'>,
  opened: OpenedImport,
  { origin, by, filePath, isFresh = false }: BeginOptions,
): Promise<{ readonly run: RunRow; readonly isResumed: boolean }> {
  const { workspaceId, fileName, file, settings } = opened;
  const before = isFresh ? undefined : await findUnfinished(pool, workspaceId, file.fingerprint, settings);
  if (before) return { run: before, isResumed: true };
  assertNames(opened);
  const now = clock.now();
  const id = newId(now.getTime());
  const { bytes, fingerprint, format, start } = file;
  const run = await insertRun(pool, {
    ...{ id, workspaceId, origin, fileName, filePath, bytes, fingerprint, format, settings, start, by, now },
  });
  return { run, isResumed: false };
}

export interface WorkOptions {
  readonly signal: AbortSignal;
  readonly rate?: number | undefined;
  readonly onProgress?: (progress: ImportProgress) => void;
}

/** The records of a file for an import that was begun. @throws UnreadableFile when it is another file by now */
export function feedOf(run: RunRow, { file, mapper }: Pick<OpenedImport, 'file' | 'mapper'>): Feed {
  if (file.fingerprint !== run.fingerprint) throw new UnreadableFile('the file has changed since the import began');
  return fileFeed(file, mapper);
}

/**
 * Works on an import until it is through, is stopped, or fails; how far it is stands in the database.
 * @throws AppError CONFLICT when another process is at work on it, or it is through; OvertakenError when one has gone on with it
 */
export async function workOnImport(
  deps: ImportDeps,
  run: RunRow,
  feed: Feed,
  options: WorkOptions,
): Promise<ImportResult> {
  const { pool, clock } = deps;
  const lock = await lockRun(pool, run.id, clock);
  try {
    const open = await reopenRun(pool, run.id, clock.now());
    if (!open.stop_wanted) return await workOn(deps, lock, open, feed, options);
    await finishRun(pool, run.id, 'stopped', STOPPED, clock.now());
    return { state: 'stopped', counts: countsOf(open), report: open.report, error: STOPPED };
  } finally {
    await lock.release();
  }
}

/** What is noted of the import its owner alone notes: another process may have gone on with it after an outage. */
async function workOn(
  deps: ImportDeps,
  lock: RunLock,
  open: RunRow,
  feed: Feed,
  options: WorkOptions,
): Promise<ImportResult> {
  const { clock } = deps;
  const finish = ({ state, error }: Pick<ImportResult, 'state' | 'error'>) =>
    lock.asOwner((db) => finishRun(db, open.id, state, error, clock.now()));
  try {
    const settings = importSettings.parse(open.settings);
    const result = await runImport(deps, {
      context: {
        workspaceId: open.workspace_id,
        runId: open.id,
        startedAt: new Date(open.started_at),
        mapping: open.mapping_name,
        isDryRun: settings.dryRun,
        leads: settings.mapping.createLeads && !settings.dryRun ? leadMaker(deps, open) : undefined,
      },
      feed,
      from: { records: open.records, bytes: open.bytes_done, lines: open.lines_done },
      counts: countsOf(open),
      report: open.report,
      batch: settings.batch,
      rate: options.rate ?? settings.rate,
      signal: options.signal,
      async checkpoint(from, checkpoint) {
        const told = await lock.asOwner((db) => advanceRun(db, open.id, from, checkpoint, clock.now()));
        if (!told) throw new OvertakenError();
        return told;
      },
      ...(options.onProgress && { onProgress: options.onProgress }),
    });
    await finish(result);
    return result;
  } catch (error) {
    await finish({ state: 'failed', error: error instanceof Error ? error.message : String(error) }).catch(
      () => undefined,
    );
    throw error;
  }
}

/** What would become of every record, now; nothing is stored. @throws AppError INVALID_INPUT, as `assertNames` */
export async function tryImport(deps: ImportDeps, opened: OpenedImport, options: WorkOptions): Promise<ImportResult> {
  assertNames(opened);
  const now = deps.clock.now();
  const { mapping, batch } = opened.settings;
  return runImport(deps, {
    context: {
      workspaceId: opened.workspaceId,
      runId: newId(now.getTime()),
      startedAt: now,
      mapping: mapping.name,
      isDryRun: true,
      leads: undefined,
    },
    feed: fileFeed(opened.file, opened.mapper),
    from: opened.file.start,
    counts: NO_COUNTS,
    report: { reasons: [], notices: [] },
    batch,
    ...options,
  });
}

function leadMaker({ crm }: ImportDeps, { id, workspace_id: workspaceId, mapping_name: mapping }: RunRow) {
  const principal: KeyPrincipal = {
    kind: 'key',
    keyId: 'import',
    name: 'import',
    workspaceId,
    scopes: ['leads:write'],
  };
  return createLeadMaker({ crm, principal, source: `import:${mapping}`, tags: importTags(id, mapping) });
}

export { readRun };
