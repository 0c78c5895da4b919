import type { Issue } from '#domain/errors.ts';
import { type JsonToken, jsonTokens } from '../../ui/json-tokens.ts';

export interface MarkedLine {
  readonly tokens: readonly JsonToken[];
  /** What is wrong with the value that begins on this line. */
  readonly problem: string | undefined;
}

/** Formatted JSON line by line; `problem` stands at the line of the field that an issue is about. */
export function markedLines(value: unknown, issues: readonly Issue[]): MarkedLine[] {
  const lines = splitLines(jsonTokens(value));
  /** At each depth: the member or place in a list whose value the lines are in. */
  const path: (string | number)[] = [];
  return lines.map((tokens) => {
    const text = tokens.map((token) => token.text).join('');
    const depth = (/^ */.exec(text)?.[0].length ?? 0) / 2;
    if (depth === 0 || /^\s*[\]}]/.test(text)) return { tokens, problem: undefined };
    const key = tokens.find(({ kind }) => kind === 'key');
    const before = path[depth - 1];
    path.length = depth;
    path[depth - 1] = key ? String(JSON.parse(key.text)) : typeof before === 'number' ? before + 1 : 0;
    const here = path.join('.');
    return { tokens, problem: issues.find((issue) => issue.path === here)?.message };
  });
}

/** The issues that no line of `lines` shows, such as those about fields that are missing. */
export function issuesElsewhere(lines: readonly MarkedLine[], issues: readonly Issue[]): Issue[] {
  const shown = new Set(lines.map(({ problem }) => problem));
  return issues.filter(({ message }) => !shown.has(message));
}

function splitLines(tokens: readonly JsonToken[]): JsonToken[][] {
  const lines: JsonToken[][] = [[]];
  for (const { kind, text } of tokens) {
    for (const [i, piece] of text.split('\n').entries()) {
      if (i > 0) lines.push([]);
      if (piece) lines.at(-1)?.push({ kind, text: piece });
    }
  }
  return lines;
}
