export type JsonTokenKind = 'key' | 'string' | 'number' | 'word' | 'plain';

export interface JsonToken {
  readonly kind: JsonTokenKind;
  readonly text: string;
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/** Indented JSON cut into pieces to colour. Joined, the pieces are the JSON again. */
export function jsonTokens(value: unknown): JsonToken[] {
  const text = JSON.stringify(value, null, 2) ?? 'null';
  const tokens: JsonToken[] = [];
  let end = 0;
  const push = (kind: JsonTokenKind, piece: string | undefined) => {
    if (piece) tokens.push({ kind, text: piece });
  };
  for (const match of text.matchAll(TOKEN)) {
    push('plain', text.slice(end, match.index));
    const [whole, quoted, colon, number, word] = match;
    push(colon ? 'key' : 'string', quoted);
    push('plain', colon);
    push('number', number);
    push('word', word);
    end = match.index + whole.length;
  }
  push('plain', text.slice(end));
  return tokens;
}
