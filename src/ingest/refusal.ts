import { AppError, type ErrorCode } from '#domain/errors.ts';
import type { AppendOutcome } from '#platform/db/append.ts';

type Refusal = Exclude<AppendOutcome['outcome'], 'stored' | 'duplicate'>;

const REFUSALS: Record<Refusal, [ErrorCode, string, string]> = {
  conflict: ['IDEMPOTENCY_CONFLICT', 'idempotencyKey', 'was used before with a different body'],
  unknown_lead: ['UNKNOWN_LEAD', 'leadId', 'names no lead of this workspace'],
  ambiguous_lead: ['AMBIGUOUS_LEAD', 'leadEmail', 'several leads match; send leadId or leadAirtableId'],
  lead_mismatch: ['LEAD_MISMATCH', 'leadId', 'the lead references given name different leads'],
};

/** Why the book does not take an activity, as an error of the table. */
export function refusalOf(outcome: Refusal): AppError {
  const [code, path, message] = REFUSALS[outcome];
  return new AppError(code, { issues: [{ path, message }] });
}
