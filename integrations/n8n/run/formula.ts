/** Airtable's formula language, as far as the workflows use it: whether a record is one that a search asks for. */

type Value = string | number | boolean | undefined;
export type Fields = Readonly<Record<string, unknown>>;

const TOKEN = /\s*(?:\{([^}]+)\}|'([^']*)'|"((?:[^"\\]|\\.)*)"|(\d+)|([A-Z_]+)(?=\()|([(),=&]))/y;

/** @throws Error where the formula has something that is not known here, so that none is taken for "no record" */
export function matches(formula: string, fields: Fields): boolean {
  const tokens = tokensOf(formula);
  const value = readComparison(tokens, fields);
  if (tokens.length > 0) throw new Error(`formula ${formula}: there is more than one expression`);
  return isTrue(value);
}

interface Token {
  readonly kind: 'field' | 'text' | 'number' | 'call' | 'sign';
  readonly text: string;
}

function tokensOf(formula: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < formula.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(formula);
    if (!match) throw new Error(`formula ${formula}: cannot be read at ${at}`);
    const [, field, single, double, number, call, sign] = match;
    if (field !== undefined) tokens.push({ kind: 'field', text: field });
    else if (single !== undefined) tokens.push({ kind: 'text', text: single });
    else if (double !== undefined) tokens.push({ kind: 'text', text: String(JSON.parse(`"${double}"`)) });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (call !== undefined) tokens.push({ kind: 'call', text: call });
    else tokens.push({ kind: 'sign', text: sign ?? '' });
  }
  return tokens;
}

function readComparison(tokens: Token[], fields: Fields): Value {
  let value = readJoined(tokens, fields);
  while (takeSign(tokens, '=')) value = isSame(value, readJoined(tokens, fields));
  return value;
}

function readJoined(tokens: Token[], fields: Fields): Value {
  let value = readOperand(tokens, fields);
  while (takeSign(tokens, '&')) value = `${value ?? ''}${readOperand(tokens, fields) ?? ''}`;
  return value;
}

function readOperand(tokens: Token[], fields: Fields): Value {
  const token = tokens.shift();
  if (token?.kind === 'field') return plain(fields[token.text]);
  if (token?.kind === 'text') return token.text;
  if (token?.kind === 'number') return Number(token.text);
  if (token?.kind !== 'call') throw new Error(`a formula has ${token?.text ?? 'its end'} where a value is expected`);
  const values: Value[] = [];
  takeSign(tokens, '(');
  while (!takeSign(tokens, ')')) {
    values.push(readComparison(tokens, fields));
    takeSign(tokens, ',');
  }
  const call = FUNCTIONS[token.text];
  if (!call) throw new Error(`the function ${token.text} is not known here`);
  return call(values);
}

function takeSign(tokens: Token[], sign: string): boolean {
  if (tokens[0]?.kind !== 'sign' || tokens[0].text !== sign) return false;
  tokens.shift();
  return true;
}

const FUNCTIONS: Readonly<Record<string, (values: readonly Value[]) => Value>> = {
  AND: (values) => values.every(isTrue),
  OR: (values) => values.some(isTrue),
  NOT: ([value]) => !isTrue(value),
  LOWER: ([value]) => String(value ?? '').toLowerCase(),
  RIGHT: ([value, count]) => String(value ?? '').slice(-Number(count)),
  REGEX_REPLACE: ([value, pattern, by]) =>
    String(value ?? '').replace(new RegExp(String(pattern), 'g'), String(by ?? '')),
  BLANK: () => undefined,
  NOW: () => new Date().toISOString(),
  IS_BEFORE: ([a, b]) => Date.parse(String(a)) < Date.parse(String(b)),
};

/** Empty text and nothing are the same to Airtable. */
function isSame(a: Value, b: Value): boolean {
  return (a ?? '') === (b ?? '');
}

function isTrue(value: Value): boolean {
  return Boolean(value);
}

function plain(value: unknown): Value {
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return undefined;
}
