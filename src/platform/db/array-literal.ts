/**
 * Array parameters written by hand: `pg` copies each array twice and escapes every value, which for a batch of 500
 * activities costs more than all else of the call in this process.
 */

/**
 * The literal `{…}` with one quoted element for each item, NULL where there is no value; null when no item has one. NUL,
 * which Postgres cannot keep, is shown as U+2400, half a surrogate pair as U+FFFD.
 */
export function arrayLiteral<T>(items: readonly T[], textOf: (item: T) => string | null | undefined): string | null {
  let elements = '';
  let isEmpty = true;
  for (const item of items) {
    const value = textOf(item);
    if (value === null || value === undefined) elements += ',NULL';
    else {
      elements += value.includes('"') || value.includes('\\') ? `,"${value.replace(/["\\]/g, '\\$&')}"` : `,"${value}"`;
      isEmpty = false;
    }
  }
  return isEmpty ? null : storableText(`{${elements.slice(1)}}`);
}

/** Text that Postgres keeps: NUL is shown as U+2400, half a surrogate pair as U+FFFD. */
export function storableText(text: string): string {
  const withoutNul = text.includes('\0') ? text.replaceAll('\0', '\u2400') : text;
  return withoutNul.toWellFormed();
}

/** JSON that jsonb takes: it refuses NUL and half surrogate pairs, which JSON writes as escapes. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  return json.includes('\\u') ? JSON.stringify(storable(value)) : json;
}

/** The same value with every string storable, in keys too. Rare: only then is every string looked at. */
function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(storable);
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [storableText(key), storable(item)]));
}
