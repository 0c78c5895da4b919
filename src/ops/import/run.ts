import { AppError } from '#domain/errors.ts';
import type { ImportCounts, ImportReport, ImportState } from '#domain/import-run.ts';
import { type BackoffPolicy, retryWithBackoff } from '#platform/backoff.ts';
import type { Clock } from '#platform/clock.ts';
import { isDatabaseAway } from '#platform/db/away.ts';
import { isPassingConflict } from '#platform/db/sql-state.ts';
import { type NoticeKind, type Notices, RejectedRecord } from './cells.ts';
import { type DeliverContext, type DeliverDeps, type Delivered, deliver } from './deliver.ts';
import type { Feed, FeedItem } from './feed.ts';
import type { Prepared } from './prepared.ts';
import { type Place, UnreadableFile } from './read/source.ts';
import { createReport, type ReportKeeper } from './report.ts';
import type { Checkpoint } from './run-store.ts';

/**
 * One import from where it stands to its end.
 *
 *   read + map ──batch n+1──▶ ┐
 *   deliver ──────batch n───▶ ┴─▶ checkpoint n ──▶ …
 *
 * One batch is on its way at a time, on connections of its own, so that live events never wait for more than one flight.
 * The checkpoint follows the batch: what a kill leaves between the two is sent again under the same ids and keys, and the
 * book takes it once.
 */
export interface RunImportDeps extends DeliverDeps {
  readonly clock: Clock;
}

export interface RunImportOptions {
  readonly context: DeliverContext;
  readonly feed: Feed;
  readonly from: Place;
  readonly counts: ImportCounts;
  readonly report: ImportReport;
  readonly batch: number;
  /** Records per second at most; as fast as it goes when not given. */
  readonly rate?: number | undefined;
  /** Ends it after the batch that is on its way. */
  readonly signal: AbortSignal;
  /** Keeps how far it is; says whether somebody wants it to stop. Not called by a dry run. */
  readonly checkpoint?: (from: number, checkpoint: Checkpoint) => Promise<{ readonly stopWanted: boolean }>;
  readonly onProgress?: (progress: ImportProgress) => void;
}

export interface ImportProgress {
  readonly counts: ImportCounts;
  readonly place: Place;
}

export interface ImportResult {
  readonly state: Exclude<ImportState, 'running'>;
  readonly counts: ImportCounts;
  readonly report: ImportReport;
  /** Why it stopped or failed. */
  readonly error: string | null;
}

/** Why an import stopped that somebody stopped on the page. */
export const STOPPED = 'stopped by a person';

/** Records of a batch that say of few events or none. */
const MAX_RECORDS = 1000;
const RETRY: BackoffPolicy = { baseMs: 200, maxMs: 10_000 };
/** How long a batch is tried while the database is away, in milliseconds. */
const PATIENCE_MS = 120_000;

/** Never rejects for what is wrong with the file or the database; what it did is kept. */
export async function runImport(deps: RunImportDeps, options: RunImportOptions): Promise<ImportResult> {
  const { context, feed, from, signal } = options;
  const report = createReport(options.report);
  if (from.records === 0)
    for (const notice of feed.notices) report.at(0).note('column missing', notice.column, notice.detail);
  let counts = options.counts;
  const end = (state: ImportResult['state'], error: string | null = null): ImportResult => ({
    state,
    counts,
    report: report.report(),
    error,
  });
  const pace = createPace(deps.clock, options.rate, from.records);
  let at = from;
  let begun: Promise<Batch> | undefined;
  const batches = feed.items(from);
  try {
    begun = nextBatch(batches, options.batch);
    for (;;) {
      const batch: Batch = await begun;
      begun = undefined;
      const last = batch.prepared.at(-1)?.item.place;
      if (!last) return end('done');
      signal.throwIfAborted();
      begun = batch.isLast ? undefined : nextBatch(batches, options.batch);
      begun?.catch(() => undefined);
      const delivered = await persist(deps, context, batch.prepared, report, signal);
      for (const { line, kind, column, detail } of batch.notes) report.at(line).note(kind, column, detail);
      counts = added(counts, delivered, last.records - at.records);
      const { rejected } = delivered;
      const told = await options.checkpoint?.(at.records, { place: last, counts, report: report.report(), rejected });
      at = last;
      options.onProgress?.({ counts, place: at });
      if (told?.stopWanted) return end('stopped', STOPPED);
      if (!begun) return end('done');
      await pace(at.records, signal);
    }
  } catch (error) {
    if (signal.aborted) return end('stopped', 'stopped');
    if (error instanceof UnreadableFile) return end('failed', error.message);
    if (isPassing(error)) return end('stopped', `the database could not be reached: ${messageOf(error)}`);
    throw error;
  } finally {
    await begun?.catch(() => undefined);
    await batches.return(undefined);
  }
}

interface Batch {
  readonly prepared: readonly Prepared[];
  readonly isLast: boolean;
  /** What was noticed of its records; told once it is through. */
  readonly notes: readonly { line: number; kind: NoticeKind; column: string; detail: string }[];
}

async function nextBatch(items: AsyncGenerator<FeedItem>, maxEvents: number): Promise<Batch> {
  const prepared: Prepared[] = [];
  const notes: Batch['notes'][number][] = [];
  let events = 0;
  while (events < maxEvents && prepared.length < MAX_RECORDS) {
    const { value: item, done } = await items.next();
    if (done) return { prepared, notes, isLast: true };
    const record = prepare(item, notesOf(item, notes));
    prepared.push({ item, record });
    events += record instanceof RejectedRecord ? 0 : record.events.length;
  }
  return { prepared, notes, isLast: false };
}

/** Once a record, however many of its events use the cell. */
function notesOf({ line }: FeedItem, notes: Batch['notes'][number][]): Notices {
  const first = notes.length;
  return {
    note(kind, column, detail) {
      const isKnown = notes.slice(first).some((n) => n.kind === kind && n.column === column && n.detail === detail);
      if (!isKnown) notes.push({ line, kind, column, detail });
    },
  };
}

function prepare(item: FeedItem, notices: Notices): Prepared['record'] {
  try {
    return item.prepare(notices);
  } catch (error) {
    if (error instanceof RejectedRecord) return error;
    throw error;
  }
}

/** A batch until all of it has its verdict. What is refused is told once, however often it is tried. */
async function persist(
  deps: RunImportDeps,
  context: DeliverContext,
  batch: readonly Prepared[],
  report: ReportKeeper,
  signal: AbortSignal,
): Promise<Delivered> {
  return retryWithBackoff(
    async () => {
      const told: [number, RejectedRecord][] = [];
      const delivered = await deliver(deps, context, batch, {
        ...report,
        reject: (line, why) => void told.push([line, why]),
      });
      for (const [line, why] of told) report.reject(line, why);
      return delivered;
    },
    { policy: RETRY, deadlineMs: PATIENCE_MS, isRetryable: isPassing, signal, clock: deps.clock },
  );
}

export function isPassing(error: unknown): boolean {
  if (error instanceof AppError) return error.retryable;
  return isDatabaseAway(error) || isPassingConflict(error);
}

function added(counts: ImportCounts, delivered: Delivered, records: number): ImportCounts {
  return {
    records: counts.records + records,
    stored: counts.stored + delivered.stored,
    duplicates: counts.duplicates + delivered.duplicates,
    rejected: counts.rejected + delivered.rejected.length,
    withoutEvent: counts.withoutEvent + delivered.withoutEvent,
    leadsCreated: counts.leadsCreated + delivered.leadsCreated,
  };
}

/** Waits so that no more than `rate` records a second go by. */
function createPace(clock: Clock, rate: number | undefined, first: number) {
  const startedAt = clock.monotonicMs();
  return async (records: number, signal: AbortSignal) => {
    if (rate === undefined) return;
    const ahead = ((records - first) / rate) * 1000 - (clock.monotonicMs() - startedAt);
    if (ahead > 0) await clock.sleep(ahead, signal);
  };
}

export function messageOf(error: unknown): string {
  const cause = error instanceof AppError && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
