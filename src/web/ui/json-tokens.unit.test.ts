import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonTokens } from './json-tokens.ts';

describe('jsonTokens', () => {
  it('tells keys from strings, numbers and words', () => {
    const kinds = jsonTokens({ a: 'b: "c"', n: -1.5e3, t: true, z: null })
      .filter((token) => token.kind !== 'plain')
      .map((token) => [token.kind, token.text]);
    expect(kinds).toEqual([
      ['key', '"a"'],
      ['string', '"b: \\"c\\""'],
      ['key', '"n"'],
      ['number', '-1500'],
      ['key', '"t"'],
      ['word', 'true'],
      ['key', '"z"'],
      ['word', 'null'],
    ]);
  });

  it('loses nothing, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = jsonTokens(value)
          .map((token) => token.text)
          .join('');
        expect(text).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });
});
