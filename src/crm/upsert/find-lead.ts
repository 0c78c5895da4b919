import type { Issue } from '#domain/errors.ts';
import { emailKey, phoneKey } from '#domain/lead.ts';
import type { LeadItem } from './item.ts';
import type { LeadDraft } from './lead-draft.ts';

export type Found =
  | { readonly kind: 'lead'; readonly lead: LeadDraft }
  | { readonly kind: 'none' }
  | { readonly kind: 'ambiguous'; readonly issue: Issue };

/**
 * Which lead an item means: the one with its Airtable id; else the one with its e-mail, else with its phone number.
 * An item with an Airtable id that nobody has only ever takes over a lead without one: a lead that has another id is
 * another record. Archived leads are found by their Airtable id alone.
 */
export function findLead(item: LeadItem, leads: Iterable<LeadDraft>): Found {
  const all = [...leads];
  const recordId = item.airtableRecordId;
  const byRecord = recordId ? all.find((lead) => lead.columns.airtableRecordId === recordId) : undefined;
  if (byRecord) return { kind: 'lead', lead: byRecord };

  const open = all.filter((lead) => !lead.isArchived && !(recordId && lead.columns.airtableRecordId));
  const wanted = [
    ['email', item.email && emailKey(item.email), 'emailKey'],
    ['phone', item.phone && phoneKey(item.phone), 'phoneKey'],
  ] as const;
  for (const [path, key, column] of wanted) {
    if (!key) continue;
    const matches = open.filter((lead) => lead.columns[column] === key);
    const [only] = matches;
    if (only && matches.length === 1) return { kind: 'lead', lead: only };
    // With an Airtable id of its own the item is a record of its own, whoever shares its e-mail.
    if (only && !recordId) {
      const message = `${matches.length} leads have this ${path === 'email' ? 'e-mail' : 'phone number'}; send airtableRecordId`;
      return { kind: 'ambiguous', issue: { path, message } };
    }
  }
  return { kind: 'none' };
}
