import { basename, join } from 'node:path';

/** A segment file as the spool knows it. */
export interface Segment {
  /** Changes when the segment is closed. */
  path: string;
  readonly createdAt: Date;
  /** Bytes that are known to be on the disk; what a failed write left after them is not read. */
  bytes: number;
  records: number;
  /** Nothing is appended to it any more. */
  isClosed: boolean;
}

/** Names sort by the time of the segment: `<milliseconds>-<owner>-<number>`; the ending says whether it was closed well. */
const OPEN = '.open';
const CLOSED = '.seg';
const NAME = /^(\d{15})-.*\.(open|seg)$/;

export function segmentPath(folder: string, createdAt: Date, owner: string, number: number): string {
  return join(folder, `${String(createdAt.getTime()).padStart(15, '0')}-${owner}-${number}${OPEN}`);
}

export function closedPath(path: string): string {
  return path.endsWith(OPEN) ? path.slice(0, -OPEN.length) + CLOSED : path;
}

export function wasClosedWell(path: string): boolean {
  return path.endsWith(CLOSED);
}

/** When the segment of that name was begun; undefined for a file that is no segment. */
export function timeOfSegment(path: string): Date | undefined {
  const match = NAME.exec(basename(path));
  return match ? new Date(Number(match[1])) : undefined;
}

export function byAge(a: Segment, b: Segment): number {
  return basename(a.path) < basename(b.path) ? -1 : 1;
}
