import { jsonFlaw, parseJson } from '#domain/json.ts';
import type { QuarantineView } from '#domain/quarantine.ts';

/** What is done to one field of many bodies. Nothing as long as it neither has a value nor is taken away. */
export interface FieldChange {
  /** Where it is, with dots. */
  readonly path: string;
  readonly value: string;
  readonly isTakenAway: boolean;
}

/** Fields of an event that are often wrong in all events of a workflow, besides those that are in fact refused. */
const USUAL = ['eventType', 'eventCategory', 'leadAirtableId', 'leadEmail', 'source', 'timestamp'];
const MAX_DEPTH = 10;

/** What the changes are as a JSON merge patch; undefined as long as none says anything, or one cannot be kept as it is. */
export function correctionText(changes: readonly FieldChange[]): string | undefined {
  const correction: Record<string, unknown> = {};
  for (const change of changes) {
    const names = namesOf(change);
    if (!names || (!change.isTakenAway && change.value.trim() === '')) continue;
    if (flawOf(change) !== undefined) return undefined;
    put(correction, names, change.isTakenAway ? null : meant(names, change.value.trim()));
  }
  return Object.keys(correction).length === 0 ? undefined : JSON.stringify(correction);
}

/** Why a value could not be kept as it is written, for the line that has it. */
export function flawOf(change: FieldChange): string | undefined {
  const names = namesOf(change);
  if (!names || change.isTakenAway) return undefined;
  const flaw = jsonFlaw(meant(names, change.value.trim()), MAX_DEPTH);
  return flaw === undefined ? undefined : `The value ${flaw}`;
}

function namesOf({ path }: FieldChange): readonly string[] | undefined {
  const names = path.split('.').map((name) => name.trim());
  return names.every(Boolean) ? names : undefined;
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
  if (names.length === 1 && names[0] !== 'metadata') return value;
  try {
    return parseJson(value);
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
