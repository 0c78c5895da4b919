import { expect, it } from 'vitest';
import { findLead } from './find-lead.ts';
import { type LeadColumns, newLeadDraft } from './lead-draft.ts';

function lead(id: string, columns: Partial<LeadColumns>, isArchived = false) {
  const draft = newLeadDraft(id, 'New', 0);
  return { ...draft, isArchived, columns: { ...draft.columns, ...columns } };
}

const LEADS = [
  lead('airtable', { airtableRecordId: 'rec1', emailKey: 'a@example.com', phoneKey: '4085550100' }),
  lead('form', { emailKey: 'b@example.com', phoneKey: '4085550101' }),
  lead('twin-1', { emailKey: 'twin@example.com', phoneKey: '4085550102' }),
  lead('twin-2', { emailKey: 'twin@example.com' }),
  lead('archived', { airtableRecordId: 'rec9', emailKey: 'old@example.com' }, true),
];

it.each([
  ['its Airtable id', { airtableRecordId: 'rec1', email: 'b@example.com' }, 'airtable'],
  ['its Airtable id though archived', { airtableRecordId: 'rec9' }, 'archived'],
  ['an e-mail, for a record that is new', { airtableRecordId: 'rec2', email: 'B@example.com' }, 'form'],
  ['a phone number, for a record that is new', { airtableRecordId: 'rec2', phone: '+1 408-555-0101' }, 'form'],
  ['not a lead of another record', { airtableRecordId: 'rec2', email: 'a@example.com' }, 'none'],
  ['a phone number when the e-mail is unknown', { email: 'x@example.com', phone: '408 555 0100' }, 'airtable'],
  [
    'the phone of one twin, for a new record',
    { airtableRecordId: 'rec3', email: 'twin@example.com', phone: '4085550102' },
    'twin-1',
  ],
  ['neither twin, for a new record', { airtableRecordId: 'rec3', email: 'twin@example.com' }, 'none'],
  ['nothing certain of twins', { email: 'twin@example.com' }, 'ambiguous'],
  ['no archived lead by e-mail', { email: 'old@example.com' }, 'none'],
])('finds %s', (_, item, expected) => {
  const found = findLead(item, LEADS);
  expect(found.kind === 'lead' ? found.lead.id : found.kind).toBe(expected);
});
