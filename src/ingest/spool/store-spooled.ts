import { hash } from 'node:crypto';
import { z } from 'zod';
import type { NewActivity } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import type { ActivityAlias } from '#platform/db/alias.ts';
import type { AppendOutcome } from '#platform/db/append.ts';
import { isDatabaseAway } from '#platform/db/away.ts';
import type { TypeCatalogue } from '#platform/db/custom-types.ts';
import { isWorkspaceGone } from '#platform/db/gone-workspace.ts';
import { isDataError, isPassingConflict, sqlState } from '#platform/db/sql-state.ts';
import { refused } from '../flight.ts';
import { rejudge } from '../judge.ts';
import { refusalOf } from '../refusal.ts';
import type { ActivityRecord, SpoolRecord } from './record.ts';
import type { Spool } from './spool.ts';

/** An event that was taken while the book was away, and that the book does not take. */
export interface RefusedEvent {
  readonly activity: NewActivity;
  readonly error: AppError;
}

export interface StoreSpooledDeps {
  readonly types: Pick<TypeCatalogue, 'find'>;
  /** Those of these workspaces that were removed. */
  readonly goneWorkspaces: (ids: Iterable<string>) => Promise<ReadonlySet<string>>;
  /** Told of events that are dropped because they are of such workspaces: they belong to nobody. */
  readonly onGone: (events: number, workspaces: readonly string[]) => void;
  /** Puts activities into the book, in one call. */
  readonly send: (batch: readonly NewActivity[]) => Promise<AppendOutcome[]>;
  /** Makes the ids of receipts lead to the activities that are in the book; the same one again changes nothing. */
  readonly recordAliases: (aliases: readonly ActivityAlias[]) => Promise<void>;
  /** Keeps what was refused, durably; the same one again is kept once. */
  readonly keepRefused: (refused: RefusedEvent) => Promise<void>;
  /** Keeps an entry for the quarantine that was written while the database was away. */
  readonly keepEntry: (entry: unknown) => Promise<void>;
  /** Keeps what the quarantine does not take either; the same again is kept once. */
  readonly setAside: Spool['setAside'];
}

/** What became of records of the spool. */
export interface DrainedRecords {
  readonly stored: number;
  readonly refused: number;
  readonly dropped: number;
}

const withWorkspace = z.looseObject({ workspaceId: z.uuid() });

/** A batch that fails whole, whatever is in it: something is wrong that is not the activities. */
export class NothingFits extends Error {
  override readonly name = 'NothingFits';
}

/**
 * Brings records of the spool to where they belong: into the book or into quarantine. Doing it again with the same records
 * changes nothing, so it may be cut off at any point.
 * @returns how many are in the book now, how many in quarantine, and how many were of no workspace any more
 * @throws whatever says that it is to be tried again later: the database is away, or takes nothing at all
 */
export async function storeSpooled(deps: StoreSpooledDeps, all: readonly SpoolRecord[]): Promise<DrainedRecords> {
  try {
    return { ...(await storeRecords(deps, all)), dropped: 0 };
  } catch (error) {
    if (!isWorkspaceGone(error)) throw error;
    // Asked only now: workspaces are hardly ever removed, and each batch would pay for the question.
    const records = await withoutGone(deps, all);
    return { ...(await storeRecords(deps, records)), dropped: all.length - records.length };
  }
}

async function storeRecords(
  deps: StoreSpooledDeps,
  records: readonly SpoolRecord[],
): Promise<Omit<DrainedRecords, 'dropped'>> {
  const refusals: RefusedEvent[] = [];
  const judged: NewActivity[] = [];
  let entries = 0;
  for (const record of records) {
    if (record.kind === 'refusal') {
      await keptOr(deps, () => deps.keepEntry(record.entry), 'entry', record.entry);
      entries += 1;
      continue;
    }
    const activity = await judgedNow(deps, record);
    if (activity instanceof AppError) refusals.push({ activity: record.activity, error: activity });
    else judged.push(activity);
  }
  const results = await storeAll(deps, judged);
  if (results.length > 1 && results.every((result) => result instanceof Error && !isDataError(result))) {
    throw new NothingFits('none of the activities in the spool can be stored', { cause: results[0] });
  }
  await deps.recordAliases(judged.flatMap((activity, i) => aliasIn(activity, results[i])));
  for (const [i, result] of results.entries()) {
    const activity = judged[i];
    const error = refusalIn(result);
    if (activity && error) refusals.push({ activity, error });
  }
  for (const refusal of refusals) {
    await keptOr(deps, () => deps.keepRefused(refusal), `refused-${refusal.activity.id}`, refusal.activity);
  }
  return {
    stored: records.length - refusals.length - entries,
    refused: refusals.length + entries,
  };
}

async function withoutGone(deps: StoreSpooledDeps, all: readonly SpoolRecord[]): Promise<readonly SpoolRecord[]> {
  const gone = await deps.goneWorkspaces(all.flatMap((record) => workspaceOf(record) ?? []));
  if (gone.size === 0) return all;
  const records = all.filter((record) => !gone.has(workspaceOf(record) ?? ''));
  deps.onGone(all.length - records.length, [...gone]);
  return records;
}

/** Undefined for an entry that this version cannot read. */
function workspaceOf(record: SpoolRecord): string | undefined {
  if (record.kind === 'activity') return record.activity.workspaceId;
  return withWorkspace.safeParse(record.entry).data?.workspaceId;
}

async function judgedNow({ types }: StoreSpooledDeps, record: ActivityRecord): Promise<NewActivity | AppError> {
  if (record.isJudged) return record.activity;
  const { activity } = record;
  const type = await types.find(activity.workspaceId, activity.type);
  try {
    return rejudge(activity, type);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** An outcome or an error for each; one that fails alone is found by halving. */
async function storeAll(deps: StoreSpooledDeps, batch: readonly NewActivity[]): Promise<(AppendOutcome | Error)[]> {
  if (batch.length === 0) return [];
  try {
    return await deps.send(batch);
  } catch (error) {
    if (isToBeTriedAgain(error)) throw error;
    if (batch.length === 1) return [error instanceof Error ? error : new Error(String(error))];
    const middle = batch.length >> 1;
    const first = await storeAll(deps, batch.slice(0, middle));
    return [...first, ...(await storeAll(deps, batch.slice(middle)))];
  }
}

/** The quarantine may have no place for it either: an entry that this version cannot read, say. It must not hold up all the others. */
async function keptOr(deps: StoreSpooledDeps, keep: () => Promise<void>, name: string, record: unknown): Promise<void> {
  try {
    await keep();
  } catch (error) {
    if (isToBeTriedAgain(error)) throw error;
    const digest = hash('sha256', JSON.stringify(record), 'hex').slice(0, 16);
    await deps.setAside(`${name}-${digest}`, record, error instanceof Error ? error.message : String(error));
  }
}

/**
 * 57014: cancelled because it took too long, or by an operator. A workspace that was removed just now is seen to be gone
 * the next time.
 */
function isToBeTriedAgain(error: unknown): boolean {
  return isDatabaseAway(error) || isPassingConflict(error) || isWorkspaceGone(error) || sqlState(error) === '57014';
}

/** The id of a receipt, when the event turns out to have been in the book before, under another. */
function aliasIn({ workspaceId, id: alias }: NewActivity, result: AppendOutcome | Error | undefined): ActivityAlias[] {
  if (!result || result instanceof Error || result.outcome !== 'duplicate' || result.id === alias) return [];
  return [{ workspaceId, alias, activityId: result.id, occurredAt: result.occurredAt }];
}

function refusalIn(result: AppendOutcome | Error): AppError | undefined {
  if (result instanceof Error) return refused(result);
  return result.outcome === 'stored' || result.outcome === 'duplicate' ? undefined : refusalOf(result.outcome);
}
