/**
 * Parity: does the book have what the older system has? Compares a file of its records with the book, per day, type and
 * source, and names every record that is missing or differs and every activity that the file does not have.
 *
 *   file ──mapping──▶ events ──by key, else by type, time and id or lead──▶ found, different, missing
 *   book, of the same types and days ──not found by any record──▶ extra
 *
 * Memory is that of a batch. What is missing can be imported from the comparison alone. May import what import may.
 */
import type pg from 'pg';
import { AppError } from '#domain/errors.ts';
import type { Clock } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { timeZone } from '#query/time-zone.ts';
import { assertNames, type OpenedImport } from '../import/index.ts';
import { BEGINNING, UnreadableFile } from '../import/read/source.ts';
import { isPassing, messageOf, STOPPED } from '../import/run.ts';
import { importSettings, insertRun, type RunRow } from '../import/run-store.ts';
import { type CompareDeps, type CompareOptions, compare } from './compare.ts';
import { finishParity, insertParity, type ParityRow, readParity } from './store.ts';

export type { CompareDeps } from './compare.ts';
export { missingFeed } from './missing-feed.ts';
export type { ParityRow } from './store.ts';

export interface BeginParityOptions {
  readonly by: string;
  readonly filePath?: string;
}

/** @throws AppError INVALID_INPUT, as `assertNames` */
export async function beginParity(
  { pool, clock }: { readonly pool: pg.Pool; readonly clock: Clock },
  opened: OpenedImport,
  { by, filePath }: BeginParityOptions,
): Promise<ParityRow> {
  assertNames(opened);
  const { workspaceId, fileName, file, settings } = opened;
  const now = clock.now();
  const { bytes, fingerprint } = file;
  const run = { id: newId(now.getTime()), workspaceId, fileName, filePath, bytes, fingerprint, settings, by, now };
  return insertParity(pool, { ...run, timeZone: await timeZone(pool, workspaceId) });
}

/** Compares to the end; what it found stands in the database. One that breaks off is kept as stopped or failed. */
export async function workOnParity(
  deps: CompareDeps,
  run: ParityRow,
  opened: OpenedImport,
  options: CompareOptions,
): Promise<ParityRow> {
  const { pool, clock } = deps;
  const finish = (state: 'done' | 'stopped' | 'failed', error: string | null) =>
    finishParity(pool, run.id, state, error, clock.now());
  try {
    const { stopWanted } = await compare(deps, run, opened, options);
    return await finish(stopWanted ? 'stopped' : 'done', stopWanted ? STOPPED : null);
  } catch (error) {
    if (options.signal.aborted) return finish('stopped', 'stopped');
    if (error instanceof UnreadableFile) return finish('failed', error.message);
    await finish('failed', messageOf(error)).catch(() => undefined);
    throw isPassing(error) ? new AppError('UNAVAILABLE', { retryAfter: 5, cause: error }) : error;
  }
}

/** An import of what a comparison found missing. @throws AppError NOT_FOUND, CONFLICT when nothing is, or it still runs */
export async function beginMissing(
  { pool, clock }: { readonly pool: pg.Pool; readonly clock: Clock },
  workspaceId: string,
  parityRunId: string,
  by: string,
): Promise<RunRow> {
  const parity = await readParity(pool, workspaceId, parityRunId);
  if (parity.state === 'running') throw new AppError('CONFLICT', { message: 'The comparison still runs.' });
  if (parity.missing === 0) throw new AppError('CONFLICT', { message: 'Nothing is missing.' });
  const now = clock.now();
  const settings = importSettings.parse(parity.settings);
  return insertRun(pool, {
    ...{ id: newId(now.getTime()), workspaceId, origin: 'parity', by, now, settings, parityRunId },
    ...{ fileName: `missing of ${parity.file_name}`, bytes: parity.missing, fingerprint: parity.fingerprint },
    ...{ format: 'parity', start: BEGINNING },
  });
}
