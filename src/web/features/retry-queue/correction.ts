import type { QuarantineView } from '#domain/quarantine.ts';

/** One field that is set in many bodies: where it is, with dots, and what it becomes; nothing takes it away. */
export interface FieldChange {
  readonly path: string;
  readonly value: string;
}

/** Fields of an event that are often wrong in all events of a workflow, besides those that are in fact refused. */
const USUAL = ['eventType', 'eventCategory', 'leadAirtableId', 'leadEmail', 'source', 'timestamp'];

/** What the changes are as a JSON merge patch; undefined as long as none names a field. */
export function correctionText(changes: readonly FieldChange[]): string | undefined {
  const correction: Record<string, unknown> = {};
  for (const { path, value } of changes) {
    const names = path.split('.').map((name) => name.trim());
    if (names.every(Boolean)) put(correction, names, meant(names, value.trim()));
  }
  return Object.keys(correction).length === 0 ? undefined : JSON.stringify(correction);
}

function put(target: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: unknown): void {
  const inner = Object.hasOwn(target, name) ? target[name] : undefined;
  const merged = typeof inner === 'object' && inner !== null ? { ...inner } : {};
  if (rest.length > 0) put(merged, rest, value);
  // Not assigned: a member may be named __proto__.
  const member = rest.length > 0 ? merged : value;
  Object.defineProperty(target, name, { value: member, enumerable: true, configurable: true, writable: true });
}

/** Fields of an event are text; within its metadata numbers, true, false and JSON mean what they say. */
function meant(names: readonly string[], value: string): unknown {
  if (value === '') return null;
  if (names.length === 1 && names[0] !== 'metadata') return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'number' && String(parsed) !== value ? value : parsed;
  } catch {
    return value;
  }
}

/** Which fields to offer: those that are refused in `entries`, the most frequent first, then the usual ones. */
export function fieldsToCorrect(entries: readonly QuarantineView[]): string[] {
  const counts = new Map<string, number>();
  for (const { path } of entries.flatMap(({ issues }) => issues)) {
    if (path !== '') counts.set(path, (counts.get(path) ?? 0) + 1);
  }
  const refused = [...counts].sort(([, one], [, other]) => other - one).map(([path]) => path);
  return [...new Set([...refused, ...USUAL])];
}
