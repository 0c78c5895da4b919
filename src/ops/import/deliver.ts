import type { Receipt } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import { importTags } from '#domain/import-run.ts';
import type { Ingest, Submission } from '#ingest/index.ts';
import type { TypeCatalogue } from '#platform/db/custom-types.ts';
import { importedId } from './activity-id.ts';
import { RejectedRecord } from './cells.ts';
import type { PreparedRecord } from './feed.ts';
import type { LeadMaker } from './make-leads.ts';
import type { Prepared } from './prepared.ts';
import type { ReportKeeper } from './report.ts';
import type { RejectedRow } from './run-store.ts';

/** Door 1's own translation, so that an imported record is judged by the words that a caller's would be. */
export type ToSubmission = (
  body: unknown,
  context: { readonly workspaceId: string; readonly userId: undefined; readonly idempotencyKey: string },
) => Submission;

export interface DeliverDeps {
  readonly ingest: Pick<Ingest, 'accept' | 'check'>;
  readonly types: Pick<TypeCatalogue, 'find'>;
  readonly toSubmission: ToSubmission;
}

export interface DeliverContext {
  readonly workspaceId: string;
  readonly runId: string;
  readonly startedAt: Date;
  readonly mapping: string;
  /** Say what would become of it; store nothing. */
  readonly isDryRun: boolean;
  readonly leads: LeadMaker | undefined;
}

export interface Delivered {
  readonly stored: number;
  readonly duplicates: number;
  readonly withoutEvent: number;
  readonly leadsCreated: number;
  readonly rejected: readonly RejectedRow[];
}

interface Sending {
  readonly prepared: Prepared;
  readonly event: string;
  readonly outcome: Promise<Receipt>;
}

/**
 * Brings a batch of records into the book: the leads that are missing, then every event through the one pipeline, each
 * judged alone. May be called again with the same batch: what is there already counts as stored by this import.
 * @throws AppError UNAVAILABLE (and other errors that may pass) when not all of it could be tried
 */
export async function deliver(
  deps: DeliverDeps,
  context: DeliverContext,
  batch: readonly Prepared[],
  report: ReportKeeper,
): Promise<Delivered> {
  const rejected: RejectedRow[] = [];
  const reject = ({ item }: Prepared, event: string, why: RejectedRecord) => {
    report.reject(item.line, why);
    const { code, issues } = why;
    rejected.push({ record: item.index, event, line: item.line, code, issues, raw: item.raw() });
  };

  const refusedLeads = await context.leads?.make(batch);
  const sending: Sending[] = [];
  let withoutEvent = 0;
  for (const prepared of batch) {
    const { record, item } = prepared;
    const whyNot = record instanceof RejectedRecord ? record : refusedLeads?.refused.get(item.index);
    if (whyNot) reject(prepared, '', whyNot);
    if (whyNot || record instanceof RejectedRecord) continue;
    if (record.events.length === 0) {
      withoutEvent += 1;
      if (!record.newLead)
        reject(prepared, '', RejectedRecord.of('NO_EVENT', '', 'none of the mapping’s events fits it'));
    }
    for (const [i, event] of record.events.entries()) {
      sending.push({ prepared, event: event.name ?? '', outcome: send(deps, context, prepared, record, i) });
    }
  }

  const outcomes = await Promise.allSettled(sending.map(({ outcome }) => outcome));
  let stored = 0;
  let duplicates = 0;
  for (const [i, outcome] of outcomes.entries()) {
    const sent = sending[i];
    if (outcome.status === 'fulfilled') {
      if (outcome.value.status === 'duplicate') duplicates += 1;
      else stored += 1;
    } else if (sent) reject(sent.prepared, sent.event, whyOf(outcome.reason));
  }
  return { stored, duplicates, withoutEvent, leadsCreated: refusedLeads?.created ?? 0, rejected };
}

async function send(
  { ingest, types, toSubmission }: DeliverDeps,
  { workspaceId, runId, startedAt, mapping, isDryRun }: DeliverContext,
  { item }: Prepared,
  record: PreparedRecord,
  i: number,
): Promise<Receipt> {
  const event = record.events[i];
  if (!event) throw new RangeError(`the record has no event ${i}`);
  const known = await types.find(workspaceId, event.type);
  // Of an unknown type the category does not matter: the judge says that the type is unknown.
  const body = { ...event.body, ...record.lead, eventCategory: known?.category ?? 'SYSTEM' };
  const submission: Submission = {
    ...toSubmission(body, { workspaceId, userId: undefined, idempotencyKey: record.keys[i] ?? '' }),
    id: importedId(runId, startedAt, item.index, i),
    tags: importTags(runId, mapping),
  };
  return isDryRun ? ingest.check(submission) : ingest.accept(submission);
}

/** @throws what is no judgement of the record */
function whyOf(reason: unknown): RejectedRecord {
  if (reason instanceof RejectedRecord) return reason;
  if (reason instanceof AppError && !reason.retryable) return RejectedRecord.fromError(reason);
  throw reason;
}
