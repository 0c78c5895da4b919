import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InexactNumber, isPlainObject, jsonFlaw, parseJson } from './json.ts';

const DEPTH = 32;

describe('parseJson', () => {
  test('gives what JSON.parse gives, for every JSON that JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test('marks the numbers that would not be what was sent, and no others', () => {
    expect(parseJson('[9007199254740991, 9007199254740993, 1e308, 1e999, -1e999]')).toEqual([
      9007199254740991,
      new InexactNumber('9007199254740993'),
      1e308,
      new InexactNumber('1e999'),
      new InexactNumber('-1e999'),
    ]);
    expect(parseJson('{"a":{"id":123456789012345678901234567890}}')).toEqual({
      a: { id: new InexactNumber('123456789012345678901234567890') },
    });
  });

  test('takes large integers that are told as a double would be: they are what JavaScript sends', () => {
    const exact = [2 ** 53, -(2 ** 53), 2 ** 60, 2 ** 69 + 2 ** 20];
    expect(parseJson(JSON.stringify(exact))).toEqual(exact);
  });

  test('leaves digits in strings alone, and fractions, which doubles round anyway', () => {
    const text = '{"4111111111111111111":"99999999999999999999","lat":52.520006599999999999}';
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  test('keeps a member named __proto__ a member', () => {
    const value = parseJson('{"__proto__":{"admin":true},"big":99999999999999999999}');
    expect(Object.hasOwn(value as object, '__proto__')).toBe(true);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  test('marks them too in what nests thousands deep, which costs its neighbours nothing', () => {
    const deep = `${'[{"a":'.repeat(20_000)}"1e999"${'}]'.repeat(20_000)}`;
    const big =
      '{"__proto__":1e999,"text":"\\"1e999, 12345678901234567890","n":12345678901234567890,"inexact":-1.5e+3}';
    expect(() => JSON.parse(`[${deep},1e999]`, (_key, value) => value)).toThrow(RangeError);
    const [, last] = parseJson(`[${deep},${big}]`) as [unknown, object];
    expect(last).toEqual(parseJson(big));
    expect(Object.entries(last)).toEqual([
      ['__proto__', new InexactNumber('1e999')],
      ['text', '"1e999, 12345678901234567890'],
      ['n', new InexactNumber('12345678901234567890')],
      ['inexact', -1500],
    ]);
  });

  test('throws SyntaxError for what is no JSON', () => {
    for (const text of ['', '{', '{"a":1,}', 'NaN', "{'a':1}", '[1}', '\u0000', '12345678901234567890x']) {
      expect(() => parseJson(text)).toThrow(SyntaxError);
    }
  });
});

describe('jsonFlaw', () => {
  test('has nothing against JSON that is not too deep', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 10 }), (value) => jsonFlaw(value, DEPTH) === undefined));
  });

  test('finds what JSON.stringify would change or choke on', () => {
    class Thing {}
    const odd = [
      1n,
      () => 1,
      Symbol('s'),
      new Map(),
      new Set(),
      new Thing(),
      Number.NaN,
      Infinity,
      new Date(Number.NaN),
    ];
    for (const value of odd) expect(jsonFlaw({ deep: [value] }, DEPTH)).toBeTypeOf('string');
    expect(jsonFlaw({ a: new InexactNumber('12345678901234567890') }, DEPTH)).toContain('12345678901234567890');
    expect(jsonFlaw({ a: new InexactNumber('9'.repeat(10_000)) }, DEPTH)?.length).toBeLessThan(200);
    expect(jsonFlaw({ a: new Date(0), b: undefined, c: Object.create(null) }, DEPTH)).toBeUndefined();
  });

  test('counts levels as they nest, and does not overflow on thousands', () => {
    const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    expect(jsonFlaw(nested(DEPTH + 1), DEPTH)).toBeUndefined();
    expect(jsonFlaw(nested(DEPTH + 2), DEPTH)).toContain('32 levels');
    expect(jsonFlaw(nested(200_000), DEPTH)).toContain('32 levels');
  });
});

test('a plain object is one that JSON could have made', () => {
  for (const value of [{}, { a: 1 }, Object.create(null)]) expect(isPlainObject(value)).toBe(true);
  for (const value of [null, undefined, [], 'x', 1, new Date(), new Map(), /x/])
    expect(isPlainObject(value)).toBe(false);
});
