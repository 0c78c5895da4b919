/** Why an event waits, in the words of the people who look after it. */
const REASONS: Readonly<Partial<Record<string, string>>> = {
  INVALID_INPUT: 'Fields missing or wrong',
  UNKNOWN_TYPE: 'Unknown event type',
  CATEGORY_MISMATCH: 'Wrong category for its type',
  IMPOSSIBLE_TIME: 'Impossible time',
  UNKNOWN_LEAD: 'Unknown lead',
  AMBIGUOUS_LEAD: 'Several leads match',
  LEAD_MISMATCH: 'References name different leads',
  IDEMPOTENCY_CONFLICT: 'Its key was used by another body',
};

/** The words of a code; what has none of its own says its name. */
export function refusalInWords(code: string): string {
  return REASONS[code] ?? code.replaceAll('_', ' ').toLowerCase();
}
