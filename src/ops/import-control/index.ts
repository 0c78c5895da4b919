/**
 * Imports and comparisons as operators have them on a page: upload, try, follow, stop, take up again, import what is
 * missing. The work itself is done in a thread beside the server. May import what import and parity may.
 */
import type { Readable } from 'node:stream';
import type pg from 'pg';
import { z } from 'zod';
import { AppError } from '#domain/errors.ts';
import type { ImportRunView, RejectedView } from '#domain/import-run.ts';
import type { ParityCell, ParityItem, ParityItemFilter, ParityRunView } from '#domain/parity.ts';
import type { Clock } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import type { Logger } from '#platform/log.ts';
import { createService, type Service } from '#platform/service.ts';
import {
  beginImport,
  createMappings,
  type Mappings,
  type OpenedImport,
  openImport,
  settingsOf,
} from '../import/index.ts';
import { UnreadableFile } from '../import/read/source.ts';
import { readRejected, rejectedOf, rejectFile } from '../import/rejects.ts';
import { STOPPED } from '../import/run.ts';
import {
  finishRun,
  type ImportSettings,
  importSettings,
  listRuns,
  type RunRow,
  readRun,
  reopenRun,
  toRunView,
  wantStop,
} from '../import/run-store.ts';
import { beginMissing, beginParity } from '../parity/index.ts';
import { itemsCsv, itemsOf } from '../parity/output.ts';
import {
  endAbandoned,
  finishParity,
  type ItemPage,
  listParity,
  readCells,
  readItems,
  readParity,
  toParityView,
  wantParityStop,
} from '../parity/store.ts';
import { failJob, type ImportJob } from './job.ts';
import { createJobRunner, type JobRunnerDeps } from './runner.ts';
import { createUploads } from './upload.ts';

export { type ImportJob, openFeed, workOnJob } from './job.ts';
export type { Launched } from './runner.ts';

/** What is to be done with a file: import it, say what would become of it, or compare it with the book. */
export const UPLOAD_KINDS = ['import', 'try', 'parity'] as const;

export const uploadRequest = z.object({
  kind: z.enum(UPLOAD_KINDS),
  mapping: z.string().max(60),
  fileName: z.string().trim().min(1, 'must not be empty').max(255),
  format: importSettings.shape.format,
  delimiter: z.string().length(1, 'must be one character').optional(),
  encoding: importSettings.shape.encoding,
});
export type UploadRequest = z.output<typeof uploadRequest>;

/** A file to download, part by part. */
export interface Download {
  readonly fileName: string;
  readonly contentType: string;
  readonly body: AsyncIterable<string>;
}

/** All of it is of one workspace; another one's id is AppError NOT_FOUND. */
export interface ImportControl {
  readonly mappings: Mappings;
  /**
   * Takes a file and begins. `bytes` is how large the sender says it is.
   * @throws AppError INVALID_INPUT for a file that the mapping does not fit, TOO_LARGE, UNAVAILABLE when there is no room
   */
  upload(
    workspaceId: string,
    by: string,
    request: UploadRequest,
    body: Readable,
    bytes?: number,
  ): Promise<{ readonly id: string }>;
  imports(workspaceId: string): Promise<readonly ImportRunView[]>;
  importById(workspaceId: string, id: string): Promise<ImportRunView>;
  /** Refused records, in the order of the file, after the record given. */
  rejected(workspaceId: string, id: string, after: number, limit: number): Promise<readonly RejectedView[]>;
  rejectFile(workspaceId: string, id: string): Promise<Download>;
  stopImport(workspaceId: string, id: string): Promise<ImportRunView>;
  /** Takes up one that stopped. @throws AppError CONFLICT when the server does not have what it reads from */
  resumeImport(workspaceId: string, id: string): Promise<ImportRunView>;
  /** Imports for real what was tried. @throws AppError CONFLICT when it was no try, or its file is gone */
  importTried(workspaceId: string, id: string, by: string): Promise<ImportRunView>;
  comparisons(workspaceId: string): Promise<readonly ParityRunView[]>;
  comparison(workspaceId: string, id: string): Promise<ParityRunView & { readonly cells: readonly ParityCell[] }>;
  items(workspaceId: string, id: string, filter: ParityItemFilter, page: ItemPage): Promise<readonly ParityItem[]>;
  itemsFile(workspaceId: string, id: string): Promise<Download>;
  stopComparison(workspaceId: string, id: string): Promise<ParityRunView>;
  importMissing(workspaceId: string, id: string, by: string): Promise<ImportRunView>;
}

export interface ImportControlDeps extends Pick<JobRunnerDeps, 'launch'> {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly dataDir: string;
}

/** Imports that a server began, or was to begin, and that no process has ended. */
const OPEN_SQL = `
  SELECT id, workspace_id AS "workspaceId", file_path AS "filePath" FROM import_run
   WHERE state = 'running' AND origin <> 'command' ORDER BY started_at`;
/** Files that somebody may still want: of imports that are not through, and of tries. */
const NEEDED_SQL = `
  SELECT file_path AS path FROM import_run
   WHERE file_path IS NOT NULL AND (state <> 'done' OR settings ->> 'dryRun' = 'true')`;
const INTERRUPTED_SQL = `
  UPDATE import_run SET state = 'running', error = NULL, finished_at = NULL
   WHERE id = $1 AND state = 'stopped' AND NOT stop_wanted`;

export function createImportControl(deps: ImportControlDeps): ImportControl & Service {
  const { pool, clock, log, dataDir, launch } = deps;
  const uploads = createUploads(dataDir);
  const mappings = createMappings(pool, clock);
  const runner = createJobRunner({
    launch,
    log,
    onEnded: (job) => cleanUp(job),
    onFailed: (job, reason) => failJob({ pool, clock }, job, reason),
  });

  /** The file of an import that is through has done its service. */
  const cleanUp = async ({ kind, workspaceId, id }: ImportJob) => {
    const run = kind === 'import' ? await readRun(pool, workspaceId, id) : await readParity(pool, workspaceId, id);
    const isTry = kind === 'import' && importSettings.parse(run.settings).dryRun;
    if (run.file_path !== null && run.state === 'done' && !isTry) uploads.remove(run.file_path);
  };

  const service = createService({
    name: 'imports',
    async start() {
      const now = clock.now();
      await endAbandoned(pool, now);
      const needed = new Set((await pool.query<{ path: string }>(NEEDED_SQL)).rows.map(({ path }) => path));
      uploads.sweep((path) => needed.has(path), now);
      const open = await pool.query<{ id: string; workspaceId: string; filePath: string | null }>(OPEN_SQL);
      for (const { id, workspaceId, filePath } of open.rows) {
        if (filePath === null || filePath.startsWith(dataDir)) runner.add({ kind: 'import', workspaceId, id });
      }
      return async () => {
        for (const { id } of await runner.stop()) await pool.query(INTERRUPTED_SQL, [id]);
      };
    },
  });

  const begin = async (opened: OpenedImport, kind: UploadRequest['kind'], by: string, filePath: string) => {
    const { workspaceId } = opened;
    if (kind === 'parity') {
      const { id } = await beginParity({ pool, clock }, opened, { by, filePath });
      runner.add({ kind: 'parity', workspaceId, id });
      return { id };
    }
    const { run, isResumed } = await beginImport({ pool, clock }, opened, { origin: 'upload', by, filePath });
    if (isResumed && run.file_path !== filePath) {
      await pool.query(`UPDATE import_run SET file_path = $2, origin = 'upload' WHERE id = $1`, [run.id, filePath]);
    }
    if (isResumed) await reopenRun(pool, run.id, clock.now());
    runner.add({ kind: 'import', workspaceId, id: run.id });
    return { id: run.id };
  };

  const again = async (run: RunRow): Promise<ImportRunView> => {
    runner.add({ kind: 'import', workspaceId: run.workspace_id, id: run.id });
    return { ...toRunView(run), state: 'running' };
  };

  return {
    name: service.name,
    start: service.start,
    stop: service.stop,
    mappings,

    async upload(workspaceId, by, request, body, bytes) {
      const { kind, mapping: name, fileName, ...given } = request;
      const mapping = await mappings.get(workspaceId, name);
      const path = await uploads.take(newId(clock.now().getTime()), body, bytes);
      try {
        const settings = settingsOf(mapping, { ...given, dryRun: kind === 'try' });
        return await begin(await openUpload(pool, { workspaceId, path, fileName, settings }), kind, by, path);
      } catch (error) {
        uploads.remove(path);
        throw error;
      }
    },

    imports: (workspaceId) => listRuns(pool, workspaceId),
    importById: async (workspaceId, id) => toRunView(await readRun(pool, workspaceId, id)),
    async rejected(workspaceId, id, after, limit) {
      await readRun(pool, workspaceId, id);
      return readRejected(pool, id, [after, '\u{10ffff}'], limit);
    },
    async rejectFile(workspaceId, id) {
      const { file_name: name, format } = await readRun(pool, workspaceId, id);
      const isCsv = format === 'csv';
      return {
        fileName: `${name}.rejected.${isCsv ? 'csv' : 'ndjson'}`,
        contentType: isCsv ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
        body: rejectFile(rejectedOf(pool, id), format),
      };
    },
    async stopImport(workspaceId, id) {
      await readRun(pool, workspaceId, id);
      if (runner.drop(id)) await finishRun(pool, id, 'stopped', STOPPED, clock.now());
      else await wantStop(pool, workspaceId, id);
      return toRunView(await readRun(pool, workspaceId, id));
    },
    async resumeImport(workspaceId, id) {
      const run = await readRun(pool, workspaceId, id);
      if (run.state === 'done') throw new AppError('CONFLICT', { message: 'This import is through.' });
      if (!toRunView(run).canGoOn || run.origin === 'command') {
        const message = 'This import reads a file that the server does not have: go on with it where it was begun.';
        throw new AppError('CONFLICT', { message });
      }
      // Also while it waits in line, and for the next start of the server, it is one that goes on.
      return again(await reopenRun(pool, id, clock.now()));
    },
    async importTried(workspaceId, id, by) {
      const run = await readRun(pool, workspaceId, id);
      const settings = importSettings.parse(run.settings);
      if (!settings.dryRun || run.file_path === null) {
        throw new AppError('CONFLICT', { message: 'Only a file that was tried here can be imported so.' });
      }
      const request = { workspaceId, path: run.file_path, fileName: run.file_name, settings: real(settings) };
      const { id: next } = await begin(await openUpload(pool, request), 'import', by, run.file_path);
      return toRunView(await readRun(pool, workspaceId, next));
    },

    comparisons: (workspaceId) => listParity(pool, workspaceId),
    async comparison(workspaceId, id) {
      const run = await readParity(pool, workspaceId, id);
      return { ...toParityView(run), cells: await readCells(pool, id) };
    },
    async items(workspaceId, id, filter, page) {
      await readParity(pool, workspaceId, id);
      return (await readItems(pool, id, filter, page)).map(({ event, ...item }) => item);
    },
    async itemsFile(workspaceId, id) {
      const { file_name: name } = await readParity(pool, workspaceId, id);
      const contentType = 'text/csv; charset=utf-8';
      return { fileName: `${name}.parity.csv`, contentType, body: itemsCsv(itemsOf(pool, id)) };
    },
    async stopComparison(workspaceId, id) {
      await readParity(pool, workspaceId, id);
      if (runner.drop(id)) await finishParity(pool, id, 'stopped', STOPPED, clock.now());
      else await wantParityStop(pool, workspaceId, id);
      return toParityView(await readParity(pool, workspaceId, id));
    },
    importMissing: async (workspaceId, id, by) => again(await beginMissing({ pool, clock }, workspaceId, id, by)),
  };
}

function real(settings: ImportSettings): ImportSettings {
  return { ...settings, dryRun: false };
}

/** @throws AppError INVALID_INPUT in place of UnreadableFile */
async function openUpload(pool: pg.Pool, request: Parameters<typeof openImport>[1]): Promise<OpenedImport> {
  try {
    return await openImport(pool, request);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    const issues = [{ path: 'file', message: error.message }];
    throw new AppError('INVALID_INPUT', { message: 'The file cannot be read.', issues, cause: error });
  }
}
