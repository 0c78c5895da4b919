import { phoneKey } from '#domain/lead.ts';

/** One thing that a lead's name, e-mail, phone number or company must hold, or must not. */
export interface LeadTerm {
  /** As typed, without quotes and dash. */
  readonly text: string;
  readonly excluded: boolean;
  /** For LIKE, in lower case: anywhere in the text. */
  readonly pattern: string;
}

const TERM = /(-?)(?:"([^"]*)(?:"|$)|([^\s"]+))/gu;
const PHONE = /^[+(]*\d[\d\s().-]*$/;

/**
 * What is looked for in leads: words and "phrases" that must all occur, -word for what must not. A phone number is one
 * word of its digits, however it is written; a quote left open reaches to the end. Nothing that is typed is an error.
 */
export function searchTerms(search: string): LeadTerm[] {
  const plain = search.replaceAll(/[“”„«»]/g, '"').trim();
  if (isPhone(plain)) return [termOf(plain, false)];
  return [...plain.matchAll(TERM)]
    .map(([, dash, phrase, word]) => ({ excluded: dash !== '', text: (phrase ?? word ?? '').trim() }))
    .filter(({ text }) => /[\p{L}\p{N}%_]/u.test(text))
    .map(({ text, excluded }) => termOf(text, excluded));
}

function termOf(text: string, excluded: boolean): LeadTerm {
  const wanted = isPhone(text) ? phoneKey(text) : text.toLowerCase();
  return { text, excluded, pattern: `%${wanted.replaceAll(/[\\%_]/g, '\\$&')}%` };
}

/** Four digits or more with what people write between them: people also type the end of a number. */
function isPhone(text: string): boolean {
  return PHONE.test(text) && text.replaceAll(/\D/g, '').length >= 4;
}
