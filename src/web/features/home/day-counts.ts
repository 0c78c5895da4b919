import { CATEGORIES, type Category } from '#domain/catalogue/index.ts';
import { parseStreamCursor } from '#domain/cursor.ts';
import { TOTAL_CAP } from '#domain/filter.ts';

/** What the server counted of one category, and up to where in the book it had read. */
export interface Counted {
  readonly total: number;
  readonly totalIsCapped: boolean;
  readonly streamCursor: string;
}

export type CountedByCategory = Partial<Record<Category, Counted>>;

/** Places in the book of what arrived since, by category. */
export type Arrived = Partial<Record<Category, readonly number[]>>;

/** Above what is counted, further arrivals change nothing that is shown: no more are kept. */
const KEPT = TOTAL_CAP;

function categoryOf(name: string): Category | undefined {
  return CATEGORIES.find((category) => category === name);
}

/** Takes in what arrived by the stream, in any order. */
export function arrive(
  arrived: Arrived,
  activities: readonly { readonly category: string; readonly position: number }[],
): Arrived {
  const next: Record<string, readonly number[]> = { ...arrived };
  for (const { category: name, position } of activities) {
    const category = categoryOf(name);
    if (category) next[category] = [...(next[category] ?? []), position].slice(-KEPT);
  }
  return next;
}

/** What the server's count and the arrivals after it make together; nothing is counted twice. */
export function countOf(
  counted: Counted | undefined,
  positions: readonly number[] = [],
): { readonly count: number; readonly isCapped: boolean } | undefined {
  if (!counted) return undefined;
  const reached = parseStreamCursor(counted.streamCursor)?.seq ?? -1;
  const later = positions.filter((position) => position > reached).length;
  const count = counted.total + later;
  const isCapped = counted.totalIsCapped || count > TOTAL_CAP;
  return { count: isCapped ? TOTAL_CAP : count, isCapped };
}

/** Where the stream has to begin so that none of the counts misses anything; undefined until all are there. */
export function earliestCursor(counts: readonly (Counted | undefined)[]): string | undefined {
  const cursors = counts.flatMap((counted) => (counted ? [counted.streamCursor] : []));
  if (cursors.length < counts.length) return undefined;
  const seqOf = (cursor: string) => parseStreamCursor(cursor)?.seq ?? 0;
  return cursors.reduce<string | undefined>(
    (first, cursor) => (first === undefined || seqOf(cursor) < seqOf(first) ? cursor : first),
    undefined,
  );
}
