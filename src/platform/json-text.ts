import { InexactNumber } from '#domain/json.ts';
import { storableText } from './db/array-literal.ts';

/** Deeper than this PostgreSQL, and any reader, is spared the structure. */
const MAX_DEPTH = 200;

/**
 * A parsed JSON value as a text that PostgreSQL's json takes: members in their order, numbers to the digit, NUL and half
 * surrogate pairs replaced as array-literal.ts says. What nests deeper than 200 levels becomes one JSON string that
 * holds its text. Never throws, whatever the depth: it keeps its own stack.
 */
export function jsonText(value: unknown): string {
  const { text, depth } = write(value);
  return depth > MAX_DEPTH ? JSON.stringify(text) : text;
}

/** What is still to be written, the last one first: a value at its depth, or text as it is. */
type Pending = { readonly value: unknown; readonly depth: number } | string;

function write(value: unknown): { text: string; depth: number } {
  const pending: Pending[] = [{ value, depth: 0 }];
  const written: string[] = [];
  let deepest = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next === 'string') {
      written.push(next);
      continue;
    }
    const { depth } = next;
    deepest = Math.max(deepest, depth);
    const parts = partsOf(next.value, depth + 1);
    for (let i = parts.length - 1; i >= 0; i -= 1) {
      const part = parts[i];
      if (part !== undefined) pending.push(part);
    }
  }
  return { text: written.join(''), depth: deepest };
}

function partsOf(value: unknown, depth: number): Pending[] {
  if (value instanceof InexactNumber) return [value.source];
  if (value instanceof Date || typeof value !== 'object' || value === null) return [scalar(value)];
  if (Array.isArray(value)) {
    const items = value.flatMap((item, i): Pending[] => [...(i > 0 ? [','] : []), { value: item, depth }]);
    return ['[', ...items, ']'];
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const parts = members.flatMap(([name, member], i): Pending[] => [
    `${i > 0 ? ',' : ''}${scalar(name)}:`,
    { value: member, depth },
  ]);
  return ['{', ...parts, '}'];
}

function scalar(value: unknown): string {
  return JSON.stringify(typeof value === 'string' ? storableText(value) : value) ?? 'null';
}
