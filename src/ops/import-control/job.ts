import { AppError } from '#domain/errors.ts';
import type { Feed } from '../import/feed.ts';
import {
  feedOf,
  type ImportDeps,
  type ImportSettings,
  openImport,
  type RunRow,
  readRun,
  workOnImport,
} from '../import/index.ts';
import { lockRun } from '../import/lock-run.ts';
import { isPassing, messageOf } from '../import/run.ts';
import { finishRun, importSettings } from '../import/run-store.ts';
import { missingFeed, type ParityRow, workOnParity } from '../parity/index.ts';
import { finishParity, readParity } from '../parity/store.ts';

/** An import or comparison that was begun, to be worked on in the background. */
export interface ImportJob {
  readonly kind: 'import' | 'parity';
  readonly workspaceId: string;
  readonly id: string;
}

/** Works on a job until it is through or stopped; how it goes stands in the database. */
export async function workOnJob(
  deps: ImportDeps,
  { kind, workspaceId, id }: ImportJob,
  signal: AbortSignal,
): Promise<void> {
  if (kind === 'parity') {
    const run = await readParity(deps.pool, workspaceId, id);
    await workOnParity(deps, run, await openFileOf(deps, run), { signal });
    return;
  }
  const run = await readRun(deps.pool, workspaceId, id);
  await workOnImport(deps, run, await openFeed(deps, run), { signal });
}

/** Notes that nobody works on a job any more that did not end by itself; where it has, that stands. */
export async function failJob(
  { pool, clock }: Pick<ImportDeps, 'pool' | 'clock'>,
  { kind, workspaceId, id }: ImportJob,
  reason: string,
): Promise<void> {
  if (kind === 'import') await failImport({ pool, clock }, id, reason);
  else if ((await readParity(pool, workspaceId, id)).state === 'running') {
    await finishParity(pool, id, 'failed', reason, clock.now());
  }
}

/** What an import that was begun reads from. One whose file is gone, or another one by now, has failed. */
export async function openFeed(deps: ImportDeps, run: RunRow): Promise<Feed> {
  const { parity_run_id: parityId } = run;
  try {
    return parityId === null ? feedOf(run, await openFileOf(deps, run)) : missingFeed(deps.pool, parityId);
  } catch (error) {
    if (!isPassing(error)) await failImport(deps, run.id, messageOf(error));
    throw error;
  }
}

/** What another process is at work on has not failed, whatever went wrong here. */
async function failImport({ pool, clock }: Pick<ImportDeps, 'pool' | 'clock'>, id: string, reason: string) {
  const lock = await lockRun(pool, id, clock).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'CONFLICT') return undefined;
    throw error;
  });
  if (!lock) return;
  try {
    await finishRun(pool, id, 'failed', reason, clock.now());
  } finally {
    await lock.release();
  }
}

function openFileOf({ pool }: ImportDeps, run: RunRow | ParityRow) {
  const { workspace_id: workspaceId, file_path: path, file_name: fileName } = run;
  if (path === null) throw new AppError('CONFLICT', { message: 'The file is not on this machine.' });
  const settings: ImportSettings = importSettings.parse(run.settings);
  return openImport(pool, { workspaceId, path, fileName, settings });
}
