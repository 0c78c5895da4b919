import { AppError } from '#domain/errors.ts';
import type { Submission } from '#ingest/index.ts';
import { type Notices, RejectedRecord } from '../import/cells.ts';
import type { DeliverDeps } from '../import/deliver.ts';
import type { FeedItem, PreparedRecord } from '../import/feed.ts';

/** An event of a record, ready to be looked for in the book. */
export interface Candidate {
  readonly line: number;
  /** The idempotency key under which an import brings it. */
  readonly importKey: string;
  readonly submission: Submission;
  readonly at: Date;
  readonly day: string;
  readonly subjects: readonly string[];
  /** How to import it without the file. */
  readonly event: MissingEvent;
}

export interface MissingEvent {
  readonly key: string;
  readonly lead: PreparedRecord['lead'];
  readonly newLead: PreparedRecord['newLead'] | null;
  readonly name: string | null;
  readonly type: string;
  readonly at: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface CandidateContext {
  readonly workspaceId: string;
  readonly toSubmission: DeliverDeps['toSubmission'];
  readonly types: DeliverDeps['types'];
  readonly dayOf: (at: Date) => string;
}

/** The events of a record. @throws RejectedRecord when the mapping, or the door, cannot make one of it */
export async function candidatesOf(item: FeedItem, context: CandidateContext): Promise<Candidate[]> {
  const record = item.prepare(UNTOLD);
  const found: Candidate[] = [];
  for (const [i, event] of record.events.entries()) {
    const key = record.keys[i] ?? '';
    const submission = await submit(event.type, { ...event.body, ...record.lead }, key, context);
    const { lead, newLead = null } = record;
    const { name = null, type, at, body } = event;
    found.push({
      line: item.line,
      importKey: `key:${key}`,
      submission,
      at,
      day: context.dayOf(at),
      subjects: subjectsOf(submission),
      event: { key, lead, newLead, name, type, at: at.toISOString(), body },
    });
  }
  return found;
}

const UNTOLD: Notices = { note: () => undefined };

async function submit(type: string, body: object, idempotencyKey: string, context: CandidateContext) {
  const { workspaceId, types, toSubmission } = context;
  const known = await types.find(workspaceId, type);
  try {
    const words = { ...body, eventCategory: known?.category ?? 'SYSTEM' };
    return toSubmission(words, { workspaceId, userId: undefined, idempotencyKey });
  } catch (error) {
    if (error instanceof AppError) throw RejectedRecord.fromError(error);
    throw error;
  }
}

/** The keys by which the lead is known, strongest first. */
function subjectsOf({ leadId, leadAirtableId, leadEmail, leadPhone }: Submission): string[] {
  const subjects = { lead: leadId, airtable: leadAirtableId, email: leadEmail, phone: leadPhone };
  return Object.entries(subjects).flatMap(([kind, value]) => (value ? [`${kind}:${value}`] : []));
}
