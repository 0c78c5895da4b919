import pg from 'pg';
import { expect, test } from 'vitest';
import { columnTypes, parseSafeInteger } from './column-types.ts';

const parse = (oid: number, text: string): unknown => columnTypes.getTypeParser(oid, 'text')(text);

test('int8 is a number as long as that is exact, and an error beyond', () => {
  expect(parse(pg.types.builtins.INT8, '9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
  expect(parse(1016, '{1,NULL,-3}')).toEqual([1, null, -3]);
  expect(() => parseSafeInteger('9007199254740993')).toThrow(RangeError);
});

test('a timestamp without zone is UTC, with zone an instant, a date is text', () => {
  const instant = new Date('2025-01-31T10:20:30.123Z');
  expect(parse(pg.types.builtins.TIMESTAMP, '2025-01-31 10:20:30.123456')).toEqual(instant);
  expect(parse(pg.types.builtins.TIMESTAMPTZ, '2025-01-31 12:20:30.123456+02')).toEqual(instant);
  expect(parse(1115, '{"2025-01-31 10:20:30.123"}')).toEqual([instant]);
  expect(parse(pg.types.builtins.DATE, '2025-01-31')).toBe('2025-01-31');
  expect(parse(1182, '{2025-01-31,NULL}')).toEqual(['2025-01-31', null]);
  expect(parse(pg.types.builtins.TIMESTAMP, 'infinity')).toBe(Number.POSITIVE_INFINITY);
});
