import type { ColumnRule, Condition, TextRule } from '#domain/import-mapping.ts';
import { cellText, type Notices, type RecordValues, RejectedRecord, shortened } from './cells.ts';

/** A rule made ready: what it gives for a record, and which columns it looks at. */
export interface Compiled<T> {
  of(values: RecordValues, notices: Notices): T;
  readonly columns: readonly string[];
}

/** @throws RangeError for a template that does not close its braces */
export function compileText(rule: TextRule, field: string): Compiled<string> {
  if (typeof rule === 'string') return compileTemplate(rule);
  if ('constant' in rule) {
    const { constant } = rule;
    const text = typeof constant === 'string' ? constant : JSON.stringify(constant);
    return { of: () => text, columns: [] };
  }
  return compileColumn(rule, field);
}

/** {Column} stands for a cell, {{ and }} for braces. */
export function compileTemplate(template: string): Compiled<string> {
  const parts = template.split(/(\{\{|\}\}|\{[^{}]*\})/).map((part): { text: string } | { column: string } => {
    if (part === '{{' || part === '}}') return { text: part.charAt(0) };
    if (part.startsWith('{') && part.endsWith('}') && part.length > 2) return { column: part.slice(1, -1).trim() };
    if (/[{}]/.test(part))
      throw new RangeError(`${shortened(template)} has a brace without its other; write {{ for one`);
    return { text: part };
  });
  return {
    of: (values) =>
      parts
        .map((part) => ('text' in part ? part.text : cellText(values, part.column)))
        .join('')
        .trim(),
    columns: parts.flatMap((part) => ('column' in part ? [part.column] : [])),
  };
}

const folded = (text: string) => text.trim().toLowerCase();

function compileColumn(rule: ColumnRule, field: string): Compiled<string> {
  const { column, unmapped = 'reject', reportEmpty, default: otherwise } = rule;
  const map = rule.map && new Map(Object.entries(rule.map).map(([from, to]) => [folded(from), to]));
  const corrections = new Map(Object.entries(rule.corrections ?? {}).map(([from, to]) => [from.trim(), to]));
  const refuse = (cell: string): never => {
    const known = Object.keys(rule.map ?? {}).join(', ');
    throw RejectedRecord.of('UNKNOWN_WORD', column, `${JSON.stringify(shortened(cell))} is no ${field} (${known})`);
  };
  return {
    columns: [column],
    of(values, notices) {
      const cell = cellText(values, column);
      if (cell === '' && reportEmpty) notices.note('empty', column, 'is empty');
      if (cell === '') return otherwise ?? '';
      const right = corrections.get(cell);
      if (right !== undefined) notices.note('corrected', column, `${JSON.stringify(cell)} → ${JSON.stringify(right)}`);
      const word = right ?? cell;
      if (map === undefined) return word;
      const mapped = map.get(folded(word));
      if (mapped !== undefined) return mapped;
      if (unmapped === 'empty') return '';
      return unmapped === 'keep' ? word : refuse(word);
    },
  };
}

/** Whether all conditions hold; there are none when not given. */
export function compileConditions(conditions: readonly Condition[] = []): Compiled<boolean> {
  const checks = conditions.map(({ column, is, isNot, present }) => {
    const wanted = is && new Set(is.map(folded));
    const unwanted = isNot && new Set(isNot.map(folded));
    return (values: RecordValues) => {
      const cell = folded(cellText(values, column));
      if (present !== undefined && (cell !== '') !== present) return false;
      return (wanted === undefined || wanted.has(cell)) && unwanted?.has(cell) !== true;
    };
  });
  return {
    of: (values) => checks.every((check) => check(values)),
    columns: conditions.map(({ column }) => column),
  };
}
