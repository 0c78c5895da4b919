import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_TERMS, parseSearch } from './search-words.ts';
import { leadPattern, lexemeQuery } from './term-query.ts';

/** Terms in short: -x excluded, "x" exact. */
function terms(text: string): string[] {
  return parseSearch(text).map(({ text, exact, excluded }) => `${excluded ? '-' : ''}${exact ? `"${text}"` : text}`);
}

describe('parseSearch', () => {
  test('takes words, phrases and exclusions', () => {
    expect(terms('  hello   world ')).toEqual(['hello', 'world']);
    expect(terms('"call me  back" please')).toEqual(['"call me back"', 'please']);
    expect(terms('booking -cancelled -"no show"')).toEqual(['booking', '-"cancelled"', '-"no show"']);
    expect(terms('“smart quotes” x')).toEqual(['"smart quotes"', '"x"']);
  });

  test('takes short words whole', () => {
    expect(terms('ab abc')).toEqual(['"ab"', 'abc']);
  });

  test('takes a quote left open as reaching to the end, as long as one types', () => {
    expect(terms('hello "call me ba')).toEqual(['hello', 'call me ba']);
    expect(terms('hello "')).toEqual(['hello']);
    expect(terms('say"call me"soon')).toEqual(['say', '"call me"', 'soon']);
  });

  test('takes a dash as an exclusion only before a word', () => {
    expect(terms('n8n-kajabi - -- --x foo-')).toEqual(['n8n-kajabi', '-"x"', 'foo-']);
  });

  test('leaves out what has neither letters nor digits', () => {
    expect(terms('& | ! ( ) : * \' \\ "" "&" 🎉')).toEqual([]);
  });

  test('leaves out stop words next to others, and keeps them when they are all there is', () => {
    expect(terms('the lead and the booking')).toEqual(['lead', 'booking']);
    expect(terms('will')).toEqual(['will']);
    expect(terms('will -smith')).toEqual(['will', '-"smith"']);
  });

  test('takes a phone number as one term, however it is written', () => {
    for (const written of ['4085551234', '408-555-1234', '(408) 555-1234', '+1 408 555 1234', '1-408-555-1234']) {
      expect(parseSearch(`call ${written} now please`)).toEqual([
        { text: 'call', excluded: false, exact: false },
        { text: written, excluded: false, exact: false, phone: '4085551234' },
        { text: 'please', excluded: false, exact: false },
      ]);
    }
    expect(terms('28973 12345')).toEqual(['28973', '12345']);
    expect(terms('1000000001 2000000002')).toEqual(['1000000001', '2000000002']);
  });

  test('never throws, never finds more than it may, and every term has something to find', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), noise), (text) => {
        const found = parseSearch(text);
        expect(found.length).toBeLessThanOrEqual(MAX_TERMS);
        for (const term of found) expect(term.text).toMatch(/^[^"\0]*[\p{L}\p{N}][^"\0]*$/u);
      }),
    );
  });

  test('words without signs are found again as they are', () => {
    const word = fc.stringMatching(/^[b-z]{4,12}$/).filter((text) => parseSearch(`${text} zzzz`).length === 2);
    fc.assert(
      fc.property(fc.uniqueArray(word, { maxLength: MAX_TERMS }), (words) => {
        expect(parseSearch(words.join(' ')).map(({ text }) => text)).toEqual(words);
      }),
    );
  });
});

/** What a search box may hold at its worst. */
const noise = fc
  .array(
    fc.constantFrom('"', '-', "'", '\\', ':*', '&', '|', '!', '<->', '(', ')', '%', '_', '+1', '408', 'a', ' ', '“'),
  )
  .map((parts) => parts.join(''));

describe('term queries', () => {
  const [phone] = parseSearch('+1 (408) 555-1234');
  const [word] = parseSearch("O'Neil_100%\\");

  test('look for a phone number in all the forms that a text may have', () => {
    expect(phone && lexemeQuery(phone)).toBe(
      "'4085551234':* | '+4085551234' | '408.555.1234' | '14085551234' | '+14085551234' | " +
        "(('408' | '-408' | '+408') <-> ('555' | '-555') <-> ('1234' | '-1234'))",
    );
    expect(phone && leadPattern(phone)).toEqual({ operator: 'LIKE', pattern: '%4085551234%' });
  });

  test('quote what has a meaning in their languages', () => {
    expect(word && lexemeQuery(word)).toBe("'o''neil_100%\\\\':*");
    expect(word && leadPattern(word).pattern).toBe("%O'Neil\\_100\\%\\\\%");
    const [exact] = parseSearch('"a.b (c)"');
    expect(exact && leadPattern(exact)).toEqual({
      operator: '~',
      pattern: '(^|[^[:alnum:]])a\\.b \\(c\\)($|[^[:alnum:]])',
    });
  });
});
