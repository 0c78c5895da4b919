'use client';

import { keepPreviousData } from '@tanstack/react-query';
import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import type { ActivityView } from '#domain/activity.ts';
import { type Category, LEAD_IDENTIFIED } from '#domain/catalogue/index.ts';
import type { ActivityFilter } from '#domain/filter.ts';
import { type LiveState, useLiveFeed } from '../../live/index.ts';
import { useReportLive } from '../../shell/live-status.ts';
import { trpc } from '../../trpc/client.ts';
import { useStable } from '../../ui/use-stable.ts';
import { emptyRows, heldRows } from '../activity/held-rows.ts';
import { useArrivals } from '../activity/use-arrivals.ts';
import { asReadPage, readTimeline, TIMELINE_PAGE } from './read-timeline.ts';

const FALLBACK_REFRESH = 30_000;

export interface TimelineQuestion {
  readonly leadId: string;
  readonly search: string;
  readonly categories: readonly Category[];
}

interface Followed {
  readonly key: string;
  readonly filter: ActivityFilter;
  readonly after: string;
}

/**
 * The history of one lead: its newest activities, what arrives, and older ones page by page. `onActivity` hears of
 * every arrival, for whatever else on the page depends on it.
 */
export function useTimeline(question: TimelineQuestion, isReading: () => boolean, onActivity?: () => void) {
  const { leadId, search, categories } = question;
  const filter = useStable({
    leadId,
    ...(search && { search }),
    ...(categories.length > 0 && { categories: [...categories] }),
  });
  const key = JSON.stringify(filter);
  const { client } = trpc.useUtils();
  const [list, dispatch] = useReducer(heldRows, Number.POSITIVE_INFINITY, emptyRows);
  const [followed, setFollowed] = useState<Followed>();
  const [liveState, setLiveState] = useState<LiveState>('connecting');
  const [olderState, setOlderState] = useState<'idle' | 'loading' | 'failed'>('idle');
  /** The question whose rows are shown, and where the rows below them begin. */
  const opened = useRef<{ readonly key: string; readonly cursor: string | null }>(undefined);
  useReportLive(liveState);

  const query = trpc.timeline.lead.useQuery({ ...filter, limit: TIMELINE_PAGE }, { placeholderData: keepPreviousData });
  const { data, isPlaceholderData } = query;

  useEffect(() => {
    if (!data || isPlaceholderData || opened.current?.key === key) return;
    opened.current = { key, cursor: data.nextCursor };
    dispatch({ kind: 'open', page: asReadPage(data) });
    setOlderState('idle');
    setFollowed({ key, filter, after: data.streamCursor });
  }, [data, isPlaceholderData, key, filter]);

  const loadOlder = useCallback(async () => {
    const cursor = opened.current?.cursor;
    if (!cursor) return;
    setOlderState('loading');
    try {
      const page = await client.timeline.lead.query({ ...filter, cursor, limit: TIMELINE_PAGE });
      if (opened.current?.key !== key || opened.current.cursor !== cursor) return;
      opened.current = { key, cursor: page.nextCursor };
      dispatch({ kind: 'older', rows: page.rows, hasMore: page.nextCursor !== null });
      setOlderState('idle');
    } catch {
      setOlderState('failed');
    }
  }, [client, filter, key]);

  const loaded = list.rows.length;
  const refresh = useCallback(async () => {
    try {
      const page = await readTimeline((request) => client.timeline.lead.query({ ...filter, ...request }), loaded);
      if (opened.current?.key !== key) return;
      opened.current = { key, cursor: page.nextCursor };
      dispatch({ kind: 'page', page, reading: false });
      setOlderState('idle');
    } catch {
      // What is shown stays; the next event or tick tries again, and the light in the header tells of a cut stream.
    }
  }, [client, filter, key, loaded]);

  const arrive = useArrivals(
    key,
    useCallback(
      (activities: readonly ActivityView[]) => {
        dispatch({ kind: 'arrive', activities, reading: isReading() });
        if (activities.some((activity) => activity.type === LEAD_IDENTIFIED.name)) void refresh();
        onActivity?.();
      },
      [isReading, onActivity, refresh],
    ),
  );

  useEffect(() => {
    if (liveState !== 'fallback') return;
    const timer = setInterval(() => void refresh(), FALLBACK_REFRESH);
    return () => clearInterval(timer);
  }, [liveState, refresh]);

  useLiveFeed({
    filter: followed?.filter ?? filter,
    after: followed?.after,
    enabled: followed?.key === key,
    onEvent: arrive,
    onResync: refresh,
    onState: setLiveState,
  });

  const release = useCallback(() => dispatch({ kind: 'release' }), []);
  return { list, query, olderState, loadOlder, release, waitsForPage: isPlaceholderData };
}
