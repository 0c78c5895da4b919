import type { NewActivity, Receipt } from '#domain/activity.ts';
import type { ActivityType } from '#domain/catalogue/index.ts';
import type { Clock } from '#platform/clock.ts';
import type { TypeCatalogue } from '#platform/db/custom-types.ts';
import { newId } from '#platform/ids.ts';
import { judge, judgeLater } from './judge.ts';
import { refusalOf } from './refusal.ts';
import type { StoreOutcome } from './spool/durable-store.ts';
import type { Submission } from './submission.ts';

export interface AcceptDeps {
  readonly clock: Clock;
  /** What the catalogue knows of the type: undefined for nothing, 'unknowable' while the database is away. */
  readonly findType: (submission: Submission) => Promise<ActivityType | undefined | 'unknowable'>;
  /** For a type that nobody knows: what else there is. */
  readonly types: Pick<TypeCatalogue, 'names'>;
  /** Durable storage: the book or the spool, or for a dry run the check. */
  readonly store: (activity: NewActivity) => Promise<StoreOutcome>;
  /** The same for an activity that is to be judged later. */
  readonly storeUnjudged: (activity: NewActivity) => Promise<StoreOutcome>;
}

/**
 * The path of an event into the book: judged by the catalogue, given its id, stored durably with its lead resolved and
 * its duplicates known, answered.
 * @throws AppError of the judge, or UNKNOWN_LEAD, AMBIGUOUS_LEAD, LEAD_MISMATCH, IDEMPOTENCY_CONFLICT, UNAVAILABLE
 */
export async function accept(deps: AcceptDeps, submission: Submission): Promise<Receipt> {
  const type = await deps.findType(submission);
  const known = type === undefined ? await deps.types.names(submission.workspaceId) : [];
  const now = deps.clock.now();
  const id = submission.id ?? newId(now.getTime());
  const outcome =
    type === 'unknowable'
      ? await deps.storeUnjudged(judgeLater(submission, id, now))
      : await deps.store(judge(submission, type, id, now, known));
  return receiptOf(outcome);
}

/** @throws AppError when the outcome is a refusal */
export function receiptOf({ outcome, id, occurredAt }: StoreOutcome): Receipt {
  if (outcome === 'stored' || outcome === 'duplicate' || outcome === 'spooled') {
    return { status: outcome, activityId: id, timestamp: occurredAt.toISOString() };
  }
  throw refusalOf(outcome);
}
