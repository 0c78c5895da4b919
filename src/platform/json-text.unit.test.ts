import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '#domain/json.ts';
import { jsonText } from './json-text.ts';

describe('jsonText', () => {
  test('writes what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value: unknown = JSON.parse(text);
        expect(JSON.parse(jsonText(value))).toEqual(JSON.parse(JSON.stringify(value).replaceAll('\\u0000', '\u2400')));
      }),
    );
    expect(jsonText({ b: [1, null, true, { c: 'x' }], a: undefined, d: {} })).toBe(
      '{"b":[1,null,true,{"c":"x"}],"d":{}}',
    );
  });

  test('keeps numbers to the digit, and text that PostgreSQL takes', () => {
    const text = '{"big":123456789012345678901234567890,"small":1e999}';
    expect(jsonText(parseJson(text))).toBe(text);
    expect(jsonText({ 'a\0b': 'NUL \0, half a pair \ud800' })).toBe('{"a\u2400b":"NUL \u2400, half a pair \ufffd"}');
  });

  test('writes what nests as deep as you like, as one string', () => {
    const depth = 100_000;
    const text = '['.repeat(depth) + ']'.repeat(depth);
    expect(JSON.parse(jsonText(JSON.parse(text)))).toBe(text);
  });
});
