import type { TimeRule, ValueKind, ValueRule } from '#domain/import-mapping.ts';
import { parseJson } from '#domain/json.ts';
import { cellText, RejectedRecord, shortened } from './cells.ts';
import { type Compiled, compileTemplate, compileText } from './text-rule.ts';
import { compileFormat } from './time-format.ts';
import type { Zone } from './zoned.ts';

/** A time of a record; undefined for an empty cell. @throws RangeError for a format that cannot be */
export function compileTime(rule: TimeRule, zoneOf: (name: string | undefined) => Zone): Compiled<Date | undefined> {
  const { column, pivot } = rule;
  const names = typeof rule.format === 'string' ? [rule.format] : rule.format;
  const formats = names.map((format) => compileFormat(format, pivot));
  const zone = zoneOf(rule.timeZone);
  const wanted = names.join(' or ');
  return {
    columns: [column],
    of(values, notices) {
      const cell = cellText(values, column);
      if (cell === '') return undefined;
      for (const format of formats) {
        const read = format.read(cell);
        if (!read) continue;
        if (format.hasShortYear) notices.note('two-digit year', column, `read with pivot ${pivot}`);
        const at = read.kind === 'instant' ? read.at : zone.instantOf(read.wall);
        if (at) return at;
      }
      throw RejectedRecord.of('BAD_TIME', column, `${JSON.stringify(shortened(cell))} is no time as ${wanted}`);
    },
  };
}

/** A value of the metadata; undefined for an empty cell. */
export function compileValue(
  rule: ValueRule,
  name: string,
  zoneOf: (name: string | undefined) => Zone,
): Compiled<unknown> {
  if (typeof rule === 'string') {
    const template = compileTemplate(rule);
    return { ...template, of: (values, notices) => template.of(values, notices) || undefined };
  }
  if ('constant' in rule) return { columns: [], of: () => rule.constant };
  if (rule.as === 'time') {
    const { as, ...timeRule } = rule;
    const time = compileTime(timeRule, zoneOf);
    return { ...time, of: (values, notices) => time.of(values, notices)?.toISOString() };
  }
  const { as = 'text', ...columnRule } = rule;
  const text = compileText(columnRule, name);
  return {
    columns: text.columns,
    of(values, notices) {
      // JSON keeps what it holds: only words are changed by the other rules.
      const raw = values[rule.column];
      if (as === 'json' && raw !== null && typeof raw === 'object') return raw;
      const cell = text.of(values, notices);
      return cell === '' ? undefined : convert(cell, as, rule.column);
    },
  };
}

const TRUE = new Set(['true', 'yes', 'y', '1', 'checked', 'x']);
const FALSE = new Set(['false', 'no', 'n', '0', 'unchecked']);

function convert(cell: string, kind: ValueKind, column: string): unknown {
  if (kind === 'text') return cell;
  const refuse = (wanted: string): never => {
    throw RejectedRecord.of('BAD_VALUE', column, `${JSON.stringify(shortened(cell))} is no ${wanted}`);
  };
  if (kind === 'boolean') {
    const word = cell.toLowerCase();
    return TRUE.has(word) || (FALSE.has(word) ? false : refuse('yes or no'));
  }
  if (kind === 'json') return jsonOf(cell) ?? refuse('JSON');
  const number = Number(cell);
  const isPlain = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(cell) && Number.isFinite(number);
  if (!isPlain) return refuse('number');
  if (kind === 'integer' && !Number.isInteger(number)) return refuse('whole number');
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) return refuse('number that can be kept exactly');
  return number;
}

function jsonOf(cell: string): unknown {
  try {
    return parseJson(cell) ?? undefined;
  } catch {
    return undefined;
  }
}
