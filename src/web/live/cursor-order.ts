import { parseStreamCursor } from '#domain/cursor.ts';

/** Whether cursor `a` comes before `b`. A later epoch is later; an unreadable cursor comes before everything. */
export function isBefore(a: string, b: string): boolean {
  const [one, other] = [parseStreamCursor(a), parseStreamCursor(b)];
  if (one === undefined || other === undefined) return other !== undefined;
  return one.epoch === other.epoch ? one.seq < other.seq : one.epoch < other.epoch;
}

/** The later of two cursors; a missing one is no cursor at all. */
export function later(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return isBefore(a, b) ? b : a;
}

/** The earlier of two cursors; a missing one is no cursor at all. */
export function earlier(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return isBefore(a, b) ? a : b;
}
