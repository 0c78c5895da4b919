/**
 * Where a lead stands. People choose from this list; a sync may bring words of its own, which are kept as they came.
 */
export const LEAD_STATUSES = [
  'New',
  'Contacted',
  'Replied',
  'Qualified',
  'Booked',
  'Nurture',
  'Not interested',
  'Opted out',
  'Closed won',
  'Closed lost',
] as const;

/** The status of a lead nobody said anything about. */
export const INITIAL_STATUS = 'New';

/** A status as it is kept: trimmed, and in the list's own spelling where only its letters' case differs. */
export function leadStatus(text: string): string {
  const trimmed = text.trim();
  return LEAD_STATUSES.find((status) => status.toLowerCase() === trimmed.toLowerCase()) ?? trimmed;
}
