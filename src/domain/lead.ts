import { UUID_PATTERN } from './ids.ts';

/**
 * How a lead is named. A subject key is `lead:<uuid>`, `airtable:<record id>`, `email:<address>` or `phone:<digits>`;
 * the database keeps which keys are which lead, from when to when.
 */
export interface LeadReference {
  readonly leadId?: string | undefined;
  readonly leadAirtableId?: string | undefined;
  readonly leadEmail?: string | undefined;
  readonly leadPhone?: string | undefined;
}

/** What readers get to know of the lead an activity is about. */
export interface LeadSummary {
  readonly id: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
}

/** The form of an e-mail address by which a lead is found: trimmed, lower case. */
export function emailKey(email: string): string {
  return email.trim().toLowerCase();
}

/**
 * The form of a phone number by which a lead is found: digits alone, without an international 00 and without the 1 of
 * an eleven-digit North American number. Same rule as the database's phone_digits().
 */
export function phoneKey(phone: string): string {
  return phone.replace(/\D/g, '').replace(/^(00)?(1(?=\d{10}$))?/, '');
}

/** The subject keys by which a reference names its lead. */
export function leadKeys({ leadId, leadAirtableId, leadEmail, leadPhone }: LeadReference): string[] {
  return [
    ...(leadId ? [`lead:${leadId.toLowerCase()}`] : []),
    ...(leadAirtableId ? [`airtable:${leadAirtableId}`] : []),
    ...(leadEmail ? [`email:${emailKey(leadEmail)}`] : []),
    ...(leadPhone ? [`phone:${phoneKey(leadPhone)}`] : []),
  ];
}

/** A name to show for a lead: its name, else its e-mail, else a neutral word. */
export function leadName(lead: Pick<LeadSummary, 'firstName' | 'lastName' | 'email'>): string {
  const name = [lead.firstName, lead.lastName].filter(Boolean).join(' ').trim();
  return name || lead.email || 'Unnamed lead';
}

/** A record in Airtable, as its interface names it. */
const AIRTABLE_ID = /^rec[A-Za-z0-9]{3,}$/;

/** What a word of a search is when it names one lead by its id: here, or in Airtable (whose ids heed the case of letters). */
export function leadIdOf(word: string): { readonly id: string } | { readonly airtableRecordId: string } | undefined {
  if (UUID_PATTERN.test(word)) return { id: word.toLowerCase() };
  return AIRTABLE_ID.test(word) ? { airtableRecordId: word } : undefined;
}
