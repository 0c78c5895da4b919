import type { ActivityView } from '#domain/activity.ts';
import type { ReadPage } from '../activity/held-rows.ts';

export const TIMELINE_PAGE = 50;
const LARGEST_PAGE = 200;

export interface TimelinePage {
  readonly rows: readonly ActivityView[];
  readonly nextCursor: string | null;
  readonly streamCursor: string;
}

/** A page of a timeline, which has no total: what was loaded is what there is to count. */
export function asReadPage({ rows, nextCursor, streamCursor }: TimelinePage): ReadPage {
  return { rows, nextCursor, streamCursor, total: rows.length, totalIsCapped: false };
}

/** The newest activities again, as far down as `count` rows: earlier ones may now stand anywhere among them. */
export async function readTimeline(
  read: (page: { limit: number; cursor?: string }) => Promise<TimelinePage>,
  count: number,
): Promise<ReadPage> {
  const first = await read({ limit: Math.min(Math.max(count, TIMELINE_PAGE), LARGEST_PAGE) });
  const rows = [...first.rows];
  let next = first.nextCursor;
  while (next !== null && rows.length < count) {
    const page = await read({ limit: LARGEST_PAGE, cursor: next });
    rows.push(...page.rows);
    next = page.nextCursor;
  }
  return asReadPage({ rows, nextCursor: next, streamCursor: first.streamCursor });
}
