/**
 * JSON without silent changes. JSON.parse rounds a number that a double cannot hold, and JSON.stringify turns what is no
 * JSON into something else; here both are noticed, so that an event is kept as it came or refused with the reason.
 */

/** Stands in a parsed value for a number that would not be what was sent. No schema takes it for a number. */
export class InexactNumber {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

/** Digits and exponents below which every number is safe: the usual text is not read twice. */
const SUSPECT = /\d{16}|\d[eE]\+?\d{3}/;

/**
 * The value of a JSON text; integers that a double would round and numbers beyond the largest double become an
 * InexactNumber.
 * @throws SyntaxError when it is no JSON
 */
export function parseJson(text: string): unknown {
  if (!SUSPECT.test(text)) return JSON.parse(text);
  try {
    return JSON.parse(text, markInexact);
  } catch (error) {
    // It is JSON that nests thousands deep, which the marking cannot follow: one such event must not cost its batch.
    if (error instanceof RangeError) return parseDeep(text);
    throw error;
  }
}

function markInexact(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  return isExact(context.source) ? value : new InexactNumber(context.source);
}

function isExact(source: string): boolean {
  const value = Number(source);
  const isInteger = /^-?\d+$/.test(source);
  return isInteger ? Number.isSafeInteger(value) || String(value) === source : Number.isFinite(value);
}

/** The strings of a JSON text, which are left alone, and its numbers. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** The same without recursion: such numbers are strings while the text is parsed, and marked afterwards. */
function parseDeep(text: string): unknown {
  // No string of the text begins so, however it is escaped.
  const mark = crypto.randomUUID();
  const marked = text.replace(STRING_OR_NUMBER, (found) =>
    found.startsWith('"') || isExact(found) ? found : JSON.stringify(mark + found),
  );
  const root: Record<string, unknown> = { value: JSON.parse(marked) };
  const open: Record<string, unknown>[] = [root];
  for (let parent = open.pop(); parent; parent = open.pop()) {
    for (const [key, value] of Object.entries(parent)) {
      if (typeof value === 'string' && value.startsWith(mark)) {
        // Not assigned: a member may be named __proto__.
        const inexact = new InexactNumber(value.slice(mark.length));
        Object.defineProperty(parent, key, { value: inexact, enumerable: true, configurable: true, writable: true });
      } else if (typeof value === 'object' && value !== null) open.push(value as Record<string, unknown>);
    }
  }
  return root.value;
}

/**
 * Why `value` could not be kept as JSON exactly as it is, or undefined when it can: nested deeper than `maxDepth` levels,
 * a number that is none, or something that is no JSON. Looks no deeper than `maxDepth`.
 */
export function jsonFlaw(value: unknown, maxDepth: number): string | undefined {
  return flawAt(value, maxDepth, maxDepth);
}

function flawAt(value: unknown, room: number, maxDepth: number): string | undefined {
  if (room < 0) return `must not nest deeper than ${maxDepth} levels`;
  if (typeof value !== 'object') return scalarFlaw(value);
  if (value === null) return undefined;
  if (value instanceof InexactNumber)
    return `holds the number ${shortened(value.source)}, too large to be kept exactly; send it as text`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'holds a date that is none' : undefined;
  if (!Array.isArray(value) && !isPlainObject(value)) return 'must be JSON';
  const items: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  for (const item of items) {
    const flaw = flawAt(item, room - 1, maxDepth);
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}

function scalarFlaw(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'holds a number that is not finite';
  return typeof value === 'string' || typeof value === 'boolean' || value === undefined ? undefined : 'must be JSON';
}

function shortened(source: string): string {
  return source.length > 40 ? `${source.slice(0, 40)}…` : source;
}

/** An object as JSON has it: no array, date, map or instance of a class. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
