/**
 * Query: reads the book. The feed with its search, the timeline of a lead, the sources to filter by, and the words of a
 * search for the live stream. Promises that one condition (where.ts) decides everywhere what a filter shows, that nothing
 * of another workspace is ever read, and that a page, its total and its stream cursor are of one moment. Writes nothing.
 * May import domain and platform.
 */
import type { Pool } from 'pg';
import type { ActivityView } from '#domain/activity.ts';
import type { ActivityFilter, ActivityPage, PageRequest } from '#domain/filter.ts';
import { feed } from './feed.ts';
import { find } from './find.ts';
import { matchSearch } from './match-search.ts';
import { sources } from './sources.ts';
import { timeZone } from './time-zone.ts';
import { type Timeline, type TimelineRequest, timeline } from './timeline.ts';

export type { Timeline, TimelineRequest } from './timeline.ts';

export interface QueriesDeps {
  readonly pool: Pool;
}

export interface Queries {
  /** The activity that a receipt names; see find.ts. */
  find(workspaceId: string, id: string): Promise<ActivityView>;
  /** A page of activities; see feed.ts. */
  feed(workspaceId: string, filter: ActivityFilter, request: PageRequest): Promise<ActivityPage<ActivityView>>;
  /** A page of the activities of one lead; see timeline.ts. */
  timeline(workspaceId: string, request: TimelineRequest): Promise<Timeline>;
  /** The sources of the latest activities; see sources.ts. */
  sources(workspaceId: string): Promise<string[]>;
  /** Which activities of a range of positions match; see match-search.ts. */
  matchSearch(
    workspaceId: string,
    filter: ActivityFilter,
    fromSeqExclusive: number,
    toSeqInclusive: number,
  ): Promise<ReadonlySet<string>>;
  /** The time zone in which the workspace reckons its days. */
  timeZone(workspaceId: string): Promise<string>;
}

export function createQueries({ pool }: QueriesDeps): Queries {
  return {
    find: (...args) => find(pool, ...args),
    feed: (...args) => feed(pool, ...args),
    timeline: (...args) => timeline(pool, ...args),
    sources: (...args) => sources(pool, ...args),
    matchSearch: (...args) => matchSearch(pool, ...args),
    timeZone: (...args) => timeZone(pool, ...args),
  };
}
