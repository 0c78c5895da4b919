import type { ParityDifference } from '#domain/parity.ts';
import type { Candidate } from './candidate.ts';
import type { Found } from './find.ts';

/**
 * What a record says otherwise than its activity. Of one that an import brought everything counts; of one that was logged
 * some other way only what was said to the lead, since each system describes in its own words.
 */
export function differencesOf({ submission, at }: Candidate, found: Found): ParityDifference[] {
  const { isImported, isSame } = found;
  if (isSame) return [];
  const pairs: [field: string, inFile: string, inBook: string][] = [];
  if (isImported) {
    pairs.push(['type', submission.type, found.type]);
    pairs.push(['time', at.toISOString(), found.occurredAt.toISOString()]);
    pairs.push(['source', submission.source, found.source]);
    pairs.push(['description', submission.description, found.description]);
  }
  if (isImported || (submission.message && found.message)) {
    pairs.push(['message', folded(submission.message), folded(found.message)]);
  }
  const differing = pairs.filter(([, inFile, inBook]) => inFile !== inBook);
  if (isImported && differing.length === 0) differing.push(['lead or metadata', 'as in the file', 'another']);
  return differing.map(([field, inFile, inBook]) => ({ field, inFile, inBook }));
}

/** White space says nothing. */
function folded(text: string | null | undefined): string {
  return (text ?? '').replaceAll(/\s+/g, ' ').trim();
}
