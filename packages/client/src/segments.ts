import type { SegmentFile } from './spool/journal.ts';

/** An event that waits for its acknowledgement. */
export interface Entry {
  readonly text: string;
  readonly bytes: number;
  readonly segment: Segment;
  readonly place: number;
  /** How often it was sent. */
  tries: number;
  /** How often it was sent alone and the server failed over it. */
  failures: number;
}

/**
 * A stretch of the backlog: the events of one file, or some that are in memory alone. One that is cold is on the disk
 * alone, and is read back when its turn comes.
 */
export interface Segment {
  readonly file: SegmentFile | undefined;
  /** By place; undefined once settled. Undefined as a whole when it is cold. */
  entries: (Entry | undefined)[] | undefined;
  /** Not settled yet. */
  left: number;
  /** Everything before this place is settled. */
  next: number;
}

export function createSegment(file: SegmentFile | undefined): Segment {
  return { file, entries: [], left: 0, next: 0 };
}

/** Adds an event to a segment that is in memory. */
export function addEntry(segment: Segment, text: string, bytes: number): Entry {
  segment.entries ??= [];
  const entry = { text, bytes, segment, place: segment.entries.length, tries: 0, failures: 0 };
  segment.entries.push(entry);
  segment.left += 1;
  return entry;
}

/** Marks one as settled; false when it was already, or when its segment was let go meanwhile. */
export function settleEntry(entry: Entry): boolean {
  const { segment, place } = entry;
  const { entries } = segment;
  if (entries?.[place] !== entry) return false;
  entries[place] = undefined;
  segment.left -= 1;
  while (segment.next < entries.length && entries[segment.next] === undefined) segment.next += 1;
  return true;
}

/** Whether nothing of it was sent or settled. */
export function isWhole({ entries = [] }: Segment): boolean {
  return entries.every((entry) => entry !== undefined && entry.tries === 0);
}

/** Lets go of its events; how many those were. */
export function chill(segment: Segment): { readonly events: number; readonly bytes: number } {
  const { entries = [] } = segment;
  segment.entries = undefined;
  return { events: entries.length, bytes: entries.reduce((sum, entry) => sum + (entry?.bytes ?? 0), 0) };
}
