/** The parameters of one SQL statement, in the order of their numbers. */
export interface Params {
  readonly values: readonly unknown[];
  /** Adds a value and gives the place that stands for it: $1, $2 … */
  add(value: unknown): string;
}

export function createParams(...first: readonly unknown[]): Params {
  const values: unknown[] = first.map(storable);
  return {
    values,
    add(value) {
      values.push(storable(value));
      return `$${values.length}`;
    },
  };
}

/** NUL cannot be sent as text; the book keeps it as U+2400, so it is looked for as that. */
function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '␀');
  return Array.isArray(value) ? value.map(storable) : value;
}
