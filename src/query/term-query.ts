import type { SearchTerm } from './search-words.ts';
import { STOP_WORDS } from './stop-words.ts';

/**
 * A term in the languages of PostgreSQL. None of these can be a syntax error, whatever was typed: every word is quoted.
 */

/**
 * For to_tsquery('english', …), which parses and stems what is in the quotes as it did the text of the book. The groups of
 * a phone number stand as they are: what begins with 408 is half of all numbers.
 */
export function englishQuery({ text, exact, phone }: SearchTerm): string {
  const query = quoteLexeme(text, exact || phone !== undefined);
  // What some write with a hyphen others write apart: call-back, call back. Not where a part is a stop word: of "follow up"
  // the index knows no more than "follow".
  const parts = /^\p{L}+(-\p{L}+)+$/u.test(text) ? text.toLowerCase().split('-') : [];
  const isHyphenated = parts.length > 1 && !parts.some((part) => STOP_WORDS.has(part));
  return isHyphenated ? `${query} | ${quoteLexeme(text.replaceAll('-', ' '), exact)}` : query;
}

/** For a cast to tsquery: lexemes that are in the book as they are, such as e-mails, ids and the digits of phones. */
export function lexemeQuery(term: SearchTerm): string {
  return term.phone === undefined
    ? quoteLexeme(term.text.toLowerCase(), term.exact)
    : phoneQuery(term.text, term.phone, term.exact);
}

export interface LeadPattern {
  readonly operator: 'LIKE' | '~';
  /** In lower case on both sides: apply lower(). */
  readonly pattern: string;
}

/** For comparing with lead_search_text(): anywhere in it, or for exact terms between two ends of words. */
export function leadPattern({ text, exact, phone }: SearchTerm): LeadPattern {
  const wanted = phone ?? text;
  if (!exact) return { operator: 'LIKE', pattern: `%${wanted.replaceAll(/[\\%_]/g, '\\$&')}%` };
  const literal = wanted.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return { operator: '~', pattern: `(^|[^[:alnum:]])${literal}($|[^[:alnum:]])` };
}

/**
 * A phone number in a text is one lexeme ('4085551234', '+14085551234', '408.555.1234') or one for each group, where
 * the parser takes a dash for a minus: 408-555-1234 is '408' '-555' '-1234'.
 */
function phoneQuery(text: string, digits: string, exact: boolean): string {
  const isNorthAmerican = digits.length === 10;
  const groups = isNorthAmerican
    ? [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6)]
    : text.split(/\D+/).filter(Boolean);
  const whole = [`+${digits}`, groups.join('.'), ...(isNorthAmerican ? [`1${digits}`, `+1${digits}`] : [])];
  const grouped = groups.map((group, at) => `('${group}' | '-${group}'${at === 0 ? ` | '+${group}'` : ''})`);
  return [quoteLexeme(digits, exact), ...whole.map((word) => `'${word}'`), `(${grouped.join(' <-> ')})`].join(' | ');
}

/** One lexeme of a tsquery; not exact: all that begin with it. */
export function quoteLexeme(text: string, exact: boolean): string {
  return `'${text.replaceAll(/['\\]/g, '$&$&')}'${exact ? '' : ':*'}`;
}
