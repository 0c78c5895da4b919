import { phoneKey } from '#domain/lead.ts';
import { STOP_WORDS } from './stop-words.ts';

/**
 * One thing to look for. Words separated by blanks all have to match, each anywhere; "a phrase" matches its words next
 * to each other; -word and -"a phrase" exclude. A quote left open reaches to the end of the text. A phone number is one
 * term however it is written. Nothing that is typed is an error.
 */
export interface SearchTerm {
  /** As typed, without quotes and dash, blanks made single. */
  readonly text: string;
  readonly excluded: boolean;
  /** Whole words only: phrases, exclusions, words of one or two letters. Others match what begins with them too. */
  readonly exact: boolean;
  /** The digits of what looks like a phone number, in the form of phoneKey(). */
  readonly phone?: string;
}

/** What a long pasted text has beyond this is left out: it would narrow nothing any more. */
export const MAX_TERMS = 24;
/** Longer words are not in the index (PostgreSQL: 2 KB). */
const MAX_TERM_LENGTH = 500;
const SHORTEST_BEGINNING = 3;

/** The terms of a search text, in order; none when there is nothing in it to look for. Never throws. */
export function parseSearch(text: string): SearchTerm[] {
  const tokens = mergePhones(tokenize(text)).filter((token) => /[\p{L}\p{N}]/u.test(token.text));
  const terms = tokens.slice(0, MAX_TERMS).map(toTerm);
  // Stop words are not in the index. Next to other words they say nothing; alone they may still name a lead.
  const onlyStopWords = terms.every((term) => term.excluded || isStop(term));
  return onlyStopWords ? terms : terms.filter((term) => term.excluded || !isStop(term));
}

interface Token {
  readonly text: string;
  readonly excluded: boolean;
  /** In quotes, or after a quote left open. */
  readonly quoted: boolean;
  readonly closed: boolean;
}

const TOKEN = /(-*)(?:"([^"]*)("|$)|([^\s"]+))/gu;

function tokenize(text: string): Token[] {
  const plain = text.replaceAll('\0', ' ').replaceAll(/[“”„«»]/g, '"');
  return [...plain.matchAll(TOKEN)].map(([, dashes, phrase, closing, word]) => ({
    text: (phrase ?? word ?? '').replaceAll(/\s+/g, ' ').trim().slice(0, MAX_TERM_LENGTH),
    excluded: dashes !== '',
    quoted: phrase !== undefined,
    closed: closing === '"',
  }));
}

function toTerm({ text, excluded, closed }: Token): SearchTerm {
  const exact = excluded || closed || [...text].length < SHORTEST_BEGINNING;
  return isPhone(text) ? { text, excluded, exact, phone: phoneKey(text) } : { text, excluded, exact };
}

function isStop({ text }: SearchTerm): boolean {
  const words = text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return words.every((word) => word === '' || STOP_WORDS.has(word));
}

/** Joins the parts of a phone number written with blanks, such as +1 (408) 555 1234. */
function mergePhones(tokens: readonly Token[]): Token[] {
  const merged: Token[] = [];
  for (let at = 0; at < tokens.length; ) {
    const run = phoneRun(tokens, at);
    merged.push(...run.slice(0, 1).map((first) => ({ ...first, text: joined(run) })));
    at += run.length;
  }
  return merged;
}

const MOST_PARTS = 6;

/** The longest run of tokens from `at` on that together are a phone number; the token alone when there is none. */
function phoneRun(tokens: readonly Token[], at: number): Token[] {
  for (let end = Math.min(at + MOST_PARTS, tokens.length); end > at + 1; end -= 1) {
    const run = tokens.slice(at, end);
    if (run.every((token) => !token.excluded && !token.quoted) && isPhone(joined(run))) return run;
  }
  return tokens.slice(at, at + 1);
}

function joined(tokens: readonly Token[]): string {
  return tokens.map((token) => token.text).join(' ');
}

/** Seven to fifteen digits (E.164) and what people write between them. Blanks only where no group is long: not two ids. */
function isPhone(text: string): boolean {
  const digits = text.replace(/\D/g, '').length;
  if (!/^[+(]*\d[\d\s().-]*$/.test(text) || digits < 7 || digits > 15) return false;
  return !text.includes(' ') || /^[+(]/.test(text) || text.split(/\D+/).every((group) => group.length <= 4);
}
