'use client';

import { useCallback, useEffect, useMemo, useState } from 'react';
import { CATEGORIES, type Category } from '#domain/catalogue/index.ts';
import { dayOf, spanOfDay } from '#domain/day.ts';
import type { ActivityFilter } from '#domain/filter.ts';
import { type LiveState, useLiveFeed } from '../../live/index.ts';
import { useWorkspaceTimeZone } from '../../session/session.tsx';
import { useNow } from '../../time/use-now.ts';
import { trpc } from '../../trpc/client.ts';
import { useArrivals } from '../activity/use-arrivals.ts';
import { type Arrived, arrive, countOf, earliestCursor } from './day-counts.ts';

/** While the stream is cut the server is asked this often, in milliseconds. */
const FALLBACK_REFRESH = 30_000;

export interface CategoryCount {
  readonly category: Category;
  /** Undefined until the server has counted. */
  readonly count: number | undefined;
  readonly isCapped: boolean;
}

/**
 * How many activities of each category happened today, by the workspace's clocks: counted once, then kept current by
 * the stream. At midnight the next day is counted anew.
 */
export function useDayCounts(): { readonly day: string; readonly counts: readonly CategoryCount[] } {
  const timeZone = useWorkspaceTimeZone();
  const day = dayOf(useNow(), timeZone);
  const span = useMemo((): ActivityFilter => {
    const { from, before } = spanOfDay(day, timeZone) ?? {};
    return from && before ? { from: from.toISOString(), before: before.toISOString() } : {};
  }, [day, timeZone]);

  const [liveState, setLiveState] = useState<LiveState>('connecting');
  const queries = trpc.useQueries((t) =>
    CATEGORIES.map((category) =>
      t.search.activities(
        { filter: { ...span, categories: [category] }, page: { limit: 1 } },
        { refetchInterval: liveState === 'fallback' ? FALLBACK_REFRESH : false },
      ),
    ),
  );
  const [arrivedOn, setArrivedOn] = useState<{ readonly day: string; readonly arrived: Arrived }>({ day, arrived: {} });
  const arrived = arrivedOn.day === day ? arrivedOn.arrived : {};

  // The stream begins once, where the first counts end; counts that are made again do not begin it anew.
  const [followed, setFollowed] = useState<{ readonly day: string; readonly after: string }>();
  const first = earliestCursor(queries.map(({ data }) => data));
  useEffect(() => {
    if (first !== undefined && followed?.day !== day) setFollowed({ day, after: first });
  }, [first, followed, day]);

  const onEvent = useArrivals(
    day,
    useCallback(
      (activities) => {
        setArrivedOn((before) => ({ day, arrived: arrive(before.day === day ? before.arrived : {}, activities) }));
      },
      [day],
    ),
  );
  useLiveFeed({
    filter: span,
    after: followed?.after,
    enabled: followed?.day === day,
    onEvent,
    onResync: () => {
      // Places in another book would mean nothing.
      setArrivedOn({ day, arrived: {} });
      for (const query of queries) void query.refetch();
    },
    onState: setLiveState,
  });

  const counts = CATEGORIES.map((category, index) => {
    const known = countOf(queries[index]?.data, arrived[category]);
    return { category, count: known?.count, isCapped: known?.isCapped ?? false };
  });
  return { day, counts };
}
