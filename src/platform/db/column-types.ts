import pg from 'pg';

const { builtins } = pg.types;
const TEXT_ARRAY: number = 1009;
const INT8_ARRAY = 1016;
const TIMESTAMP_ARRAY = 1115;
const DATE_ARRAY = 1182;

/**
 * How column values come out of `pg`. Other than pg does by default:
 * - int8 is a number: positions and counts are, and stay far below 2^53; above that it throws instead of rounding;
 * - timestamp without time zone is read as UTC, not as the time zone of this machine;
 * - date stays text (2025-01-31): a calendar day is no moment.
 * timestamptz is a Date (milliseconds; PostgreSQL's microseconds are cut), numeric stays text.
 */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    const own = format === 'binary' ? undefined : textParsers.get(oid);
    return own ?? pg.types.getTypeParser(oid, format);
  },
};

const textParsers: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [builtins.INT8, parseSafeInteger],
  [INT8_ARRAY, (text) => parseArray(text, parseSafeInteger)],
  [builtins.TIMESTAMP, parseUtcTimestamp],
  [TIMESTAMP_ARRAY, (text) => parseArray(text, parseUtcTimestamp)],
  [builtins.DATE, (text) => text],
  [DATE_ARRAY, (text) => parseArray(text, (item) => item)],
]);

/** @throws RangeError when a double cannot hold the number exactly. */
export function parseSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`the database sent ${text}, which is above 2^53`);
  return value;
}

const parseTimestamptz: (text: string) => unknown = pg.types.getTypeParser(builtins.TIMESTAMPTZ, 'text');

function parseUtcTimestamp(text: string): unknown {
  return parseTimestamptz(text.endsWith('infinity') ? text : text.replace(/( BC)?$/, '+00$1'));
}

const parseTextArray: (text: string) => (string | null)[] = pg.types.getTypeParser(TEXT_ARRAY, 'text');

function parseArray(text: string, parseItem: (item: string) => unknown): unknown[] {
  return parseTextArray(text).map((item) => (item === null ? null : parseItem(item)));
}
