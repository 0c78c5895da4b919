import type { NewActivity, Receipt } from '#domain/activity.ts';
import { AppError, type ErrorCode } from '#domain/errors.ts';
import { uuidv7 } from '#domain/ids.ts';
import type { Clock } from '#platform/clock.ts';
import type { AppendOutcome } from '#platform/db/append.ts';
import type { TypeCatalogue } from '#platform/db/custom-types.ts';
import { judge } from './judge.ts';
import type { Submission } from './submission.ts';

export interface AcceptDeps {
  readonly clock: Clock;
  readonly types: TypeCatalogue;
  /** Durable storage: the queue, or for a dry run the check. */
  readonly store: (activity: NewActivity) => Promise<AppendOutcome>;
}

/**
 * The path of an event into the book: judged by the catalogue, given its id, stored durably with its lead resolved and
 * its duplicates known, answered.
 * @throws AppError of the judge, or UNKNOWN_LEAD, AMBIGUOUS_LEAD, LEAD_MISMATCH, IDEMPOTENCY_CONFLICT, UNAVAILABLE
 */
export async function accept(deps: AcceptDeps, submission: Submission): Promise<Receipt> {
  const type = await deps.types.find(submission.workspaceId, submission.type);
  const now = deps.clock.now();
  const activity = judge(submission, type, uuidv7(now.getTime()), now);
  const outcome = await deps.store(activity);
  return receiptOf(outcome);
}

const REFUSALS: Record<Exclude<AppendOutcome['outcome'], 'stored' | 'duplicate'>, [ErrorCode, string, string]> = {
  conflict: ['IDEMPOTENCY_CONFLICT', 'idempotencyKey', 'was used before with a different body'],
  unknown_lead: ['UNKNOWN_LEAD', 'leadId', 'names no lead of this workspace'],
  ambiguous_lead: ['AMBIGUOUS_LEAD', 'leadEmail', 'several leads match; send leadId or leadAirtableId'],
  lead_mismatch: ['LEAD_MISMATCH', 'leadId', 'the lead references given name different leads'],
};

function receiptOf({ outcome, id, occurredAt }: AppendOutcome): Receipt {
  if (outcome === 'stored' || outcome === 'duplicate') {
    return { status: outcome, activityId: id, timestamp: occurredAt.toISOString() };
  }
  const [code, path, message] = REFUSALS[outcome];
  throw new AppError(code, { issues: [{ path, message }] });
}
