import { isRecordId } from './entry.js';

/**
 * How the entry names its lead: by the Airtable record when the lookup found exactly one; else (none found, several, or
 * Airtable not reachable) by what the provider knows, for the bridge to resolve, now or when the lead appears.
 */
export function leadReference(found, known) {
  const ids = new Set(found.map(({ json }) => json.id).filter(isRecordId));
  return ids.size === 1 ? { leadAirtableId: [...ids][0] } : known;
}
