import { AppError } from '#domain/errors.ts';

/** What a subject key names its lead by: the field of an event, and the words for people. */
const KINDS = {
  airtable: { field: 'leadAirtableId', words: 'Airtable id' },
  email: { field: 'leadEmail', words: 'e-mail address' },
  phone: { field: 'leadPhone', words: 'phone number' },
} as const;

/** Prefixes of the subject keys under which events wait for their lead. */
export const REFERENCE_KINDS = Object.keys(KINDS);

export function stillUnknown(reference: string): AppError {
  const { kind, value } = partsOf(reference);
  const { field, words } = KINDS[kind];
  return new AppError('UNKNOWN_LEAD', {
    message: `No lead has the ${words} ${value}.`,
    issues: [{ path: field, message: 'names no lead of this workspace' }],
  });
}

/** The field of an event that holds this reference. */
export function fieldOf(reference: string): { readonly field: string; readonly value: string } {
  const { kind, value } = partsOf(reference);
  return { field: KINDS[kind].field, value };
}

/** A lead as the upsert takes it, with this reference and nothing else. */
export function leadWith(reference: string): Readonly<Record<string, string>> {
  const { kind, value } = partsOf(reference);
  return { [kind === 'airtable' ? 'airtableRecordId' : kind]: value };
}

function partsOf(reference: string): { readonly kind: keyof typeof KINDS; readonly value: string } {
  const at = reference.indexOf(':');
  const kind = reference.slice(0, at);
  if (kind !== 'airtable' && kind !== 'email' && kind !== 'phone') throw new Error(`${reference} names no lead`);
  return { kind, value: reference.slice(at + 1) };
}
