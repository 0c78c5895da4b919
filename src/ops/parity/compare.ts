import type pg from 'pg';
import type { ImportReport } from '#domain/import-run.ts';
import type { ParityCell, ParityCounts, ParityItem, ParityKind } from '#domain/parity.ts';
import type { Clock } from '#platform/clock.ts';
import { RejectedRecord } from '../import/cells.ts';
import type { DeliverDeps } from '../import/deliver.ts';
import { type FeedItem, fileFeed } from '../import/feed.ts';
import type { OpenedImport } from '../import/index.ts';
import { createReport } from '../import/report.ts';
import { type Candidate, type CandidateContext, candidatesOf } from './candidate.ts';
import type { Compared, Scope } from './compared.ts';
import { differencesOf } from './differences.ts';
import { extrasOf } from './extras.ts';
import { type Found, findInBook } from './find.ts';
import { keepStep, type ParityRow } from './store.ts';

export interface CompareDeps extends Pick<DeliverDeps, 'types' | 'toSubmission'> {
  readonly pool: pg.Pool;
  readonly clock: Clock;
}

export interface CompareOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (counts: ParityCounts, bytesDone: number) => void;
}

const BATCH = 500;
const NOTHING: ParityCounts = { records: 0, found: 0, missing: 0, different: 0, extra: 0 };

/**
 * Goes through the file batch by batch, looks for each of its events in the book, names those that are missing or differ,
 * and then those activities of the same types and days that the file does not have. Memory is that of a batch: what was
 * found is remembered in the database. @throws the signal's reason, or UnreadableFile
 */
export async function compare(
  deps: CompareDeps,
  run: ParityRow,
  opened: OpenedImport,
  { signal, onProgress }: CompareOptions,
): Promise<{ readonly stopWanted: boolean }> {
  const { pool, clock } = deps;
  const { mapper, workspaceId } = opened;
  const context: CandidateContext = { ...deps, workspaceId, dayOf: mapper.zone.dayOf };
  const report = createReport();
  const scope: Scope = { types: new Set(), from: undefined, to: undefined };
  const numbers: Record<ParityKind, number> = { missing: 0, different: 0, extra: 0 };
  let counts = NOTHING;
  let unreadable = 0;
  let bytesDone = 0;

  const keep = async (items: readonly Compared[], matched: readonly string[]): Promise<boolean> => {
    counts = items.reduce((sum, { kind }) => tally(sum, kind), counts);
    const told: ImportReport = report.report();
    const stored = items.flatMap(({ kind, item }) => {
      if (kind === 'found' || !item) return [];
      numbers[kind] += 1;
      return [{ ...item, kind, number: numbers[kind] }];
    });
    const step = { counts, unreadable, bytesDone, report: told, cells: cellsOf(items), items: stored, matched };
    const stopWanted = await keepStep(pool, run.id, step, clock.now());
    onProgress?.(counts, bytesDone);
    signal.throwIfAborted();
    return stopWanted;
  };

  for await (const batch of batchesOf(fileFeed(opened.file, mapper).items(opened.file.start))) {
    const candidates: Candidate[] = [];
    for (const item of batch) {
      try {
        candidates.push(...(await candidatesOf(item, context)));
      } catch (error) {
        if (!(error instanceof RejectedRecord)) throw error;
        unreadable += 1;
        report.reject(item.line, error);
      }
    }
    for (const { submission, at } of candidates) widen(scope, submission.type, at);
    const { metadata, withinSeconds } = mapper.mapping.match;
    const options = { workspaceId, runId: run.id, mapping: mapper.mapping.name, metadata, withinSeconds };
    const found = await findInBook(pool, candidates, options);
    bytesDone = batch.at(-1)?.place.bytes ?? bytesDone;
    const items = candidates.map((candidate, i) => judged(candidate, found[i]));
    const matched = found.flatMap((activity) => (activity ? [activity.id] : []));
    if (await keep(items, matched)) return { stopWanted: true };
  }
  bytesDone = opened.file.bytes;
  for await (const extras of extrasOf(pool, { workspaceId, runId: run.id, scope, dayOf: mapper.zone.dayOf })) {
    if (await keep(extras, [])) return { stopWanted: true };
  }
  return { stopWanted: false };
}

function judged(candidate: Candidate, found: Found | undefined): Compared {
  const { submission, day, line, event, at, subjects } = candidate;
  const place = { day, type: submission.type, source: submission.source };
  const differences = found ? differencesOf(candidate, found) : [];
  const kind = !found ? 'missing' : differences.length > 0 ? 'different' : 'found';
  const item: Omit<ParityItem, 'kind' | 'number'> = {
    ...place,
    line: line || null,
    key: event.key,
    activityId: found?.id ?? null,
    occurredAt: at.toISOString(),
    subject: subjects[0] ?? '',
    description: submission.description,
    differences,
  };
  return { ...place, kind, item: kind === 'missing' ? { ...item, event } : item };
}

function tally(counts: ParityCounts, kind: Compared['kind']): ParityCounts {
  const records = counts.records + (kind === 'extra' ? 0 : 1);
  return { ...counts, records, [kind]: counts[kind] + 1 };
}

function cellsOf(items: readonly Compared[]): ParityCell[] {
  const cells = new Map<string, ParityCell>();
  for (const { kind, day, type, source } of items) {
    const key = JSON.stringify([day, type, source]);
    const cell = cells.get(key) ?? { day, type, source, ...NOTHING };
    cells.set(key, { day, type, source, ...tally(cell, kind) });
  }
  return [...cells.values()];
}

function widen(scope: Scope, type: string, at: Date): void {
  scope.types.add(type);
  if (!scope.from || at < scope.from) scope.from = at;
  if (!scope.to || at > scope.to) scope.to = at;
}

async function* batchesOf(items: AsyncIterable<FeedItem>): AsyncGenerator<FeedItem[]> {
  let batch: FeedItem[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
