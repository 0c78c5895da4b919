'use client';

import { keepPreviousData } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'react';
import type { ActivityView } from '#domain/activity.ts';
import { LEAD_IDENTIFIED } from '#domain/catalogue/index.ts';
import type { ActivityFilter } from '#domain/filter.ts';
import { type LiveState, useLiveFeed } from '../../live/index.ts';
import { useWorkspaceTimeZone } from '../../session/session.tsx';
import { useReportLive } from '../../shell/live-status.ts';
import { trpc } from '../../trpc/client.ts';
import { useStable } from '../../ui/use-stable.ts';
import { useThrottled } from '../../ui/use-throttled.ts';
import { emptyRows, heldRows, type ReadPage } from '../activity/held-rows.ts';
import { useArrivals } from '../activity/use-arrivals.ts';
import { activityFilterOf, type FeedState, showsNewest } from './feed-filters.ts';

export const PAGE_SIZE = 50;
const FALLBACK_REFRESH = 30_000;
/** However many leads become known at once. */
const READ_AGAIN_EVERY = 3_000;

/** What the open list follows: its filter as it was when its page was read, from that moment on. */
interface Followed {
  readonly key: string;
  readonly filter: ActivityFilter;
  readonly after: string;
  readonly page: number;
}

/**
 * The rows of the activity browser: a page from the server, then what arrives.
 * `isReading` is asked at the moment rows would move; while it is true they wait in `list.held`.
 */
export function useFeed(state: FeedState, isReading: () => boolean) {
  const timeZone = useWorkspaceTimeZone();
  const { q, type, category, source, lead, range, from, to, sort, order, page, cursor } = state;
  const filters = useStable({ q, type, category, source, lead, range, from, to });
  const filter = useMemo(() => activityFilterOf(filters, new Date(), timeZone), [filters, timeZone]);
  const pageRequest = { limit: PAGE_SIZE, page, sort, order, ...(cursor && { cursor }) };
  const key = JSON.stringify([filter, pageRequest]);
  const newest = showsNewest(state);
  const paused = state.live === 'off';

  const [list, dispatch] = useReducer(heldRows, PAGE_SIZE, emptyRows);
  const [followed, setFollowed] = useState<Followed>();
  const [liveState, setLiveState] = useState<LiveState>('connecting');
  const taken = useRef<{ readonly key: string; readonly page: ReadPage }>(undefined);
  useReportLive(paused ? 'paused' : liveState);

  const query = trpc.search.activities.useQuery(
    { filter, page: pageRequest },
    { placeholderData: keepPreviousData, refetchInterval: liveState === 'fallback' ? FALLBACK_REFRESH : false },
  );
  const { data, isPlaceholderData, refetch } = query;
  const holds = useCallback(() => paused || !newest || isReading(), [paused, newest, isReading]);

  useEffect(() => {
    if (!data || isPlaceholderData || taken.current?.page === data) return;
    const isOpen = taken.current?.key === key;
    taken.current = { key, page: data };
    if (isOpen) return dispatch({ kind: 'page', page: data, reading: holds() });
    dispatch({ kind: 'open', page: data });
    setFollowed({ key, filter, after: data.streamCursor, page });
  }, [data, isPlaceholderData, key, filter, page, holds]);

  const readAgain = useThrottled(refetch, READ_AGAIN_EVERY);
  const arrive = useArrivals(
    key,
    useCallback(
      (activities: readonly ActivityView[]) => {
        dispatch({ kind: 'arrive', activities, reading: holds() });
        // Rows that came before their lead now have one: their names are on the page that the server reads.
        if (activities.some((activity) => activity.type === LEAD_IDENTIFIED.name)) readAgain();
      },
      [holds, readAgain],
    ),
  );

  useLiveFeed({
    filter: followed?.filter ?? filter,
    after: followed?.after,
    enabled: followed?.key === key,
    onEvent: arrive,
    onResync: refetch,
    onState: setLiveState,
  });

  /** Reads the page again and shows it as it is, whoever reads. */
  const reload = useCallback(async () => {
    const answer = await refetch();
    if (answer.data && taken.current?.key === key) dispatch({ kind: 'page', page: answer.data, reading: false });
  }, [refetch, key]);

  const { overflowed } = list;
  const release = useCallback(() => {
    dispatch({ kind: 'release' });
    if (overflowed) void reload();
  }, [overflowed, reload]);

  return { list, shownPage: followed?.page, query, newest, release, reload, waitsForPage: isPlaceholderData };
}
