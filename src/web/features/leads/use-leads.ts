'use client';

import { useDebouncedCallback } from '@mantine/hooks';
import { keepPreviousData } from '@tanstack/react-query';
import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import type { ActivityView } from '#domain/activity.ts';
import { type LiveState, useLiveFeed } from '../../live/index.ts';
import { usePermission } from '../../session/session.tsx';
import { useReportLive } from '../../shell/live-status.ts';
import { trpc } from '../../trpc/client.ts';
import { heldLeads, NO_LEADS, newLeads } from './held-leads.ts';
import { type LeadsState, leadQueryOf } from './leads-filters.ts';

/** Without the stream the list is read this often, in milliseconds. */
const REFRESH = 30_000;
/** With it, this long after the last of several activities, but under steady traffic not later than MOST. */
const SETTLED = 400;
const MOST = 2_500;
const EVERYTHING = {};

/**
 * A page of leads that follows what happens: a new lead, another status, the last activity. Those who may not follow
 * everything have it read every half minute.
 * `isReading` is asked at the moment rows would move; while it is true the new order waits.
 */
export function useLeads(state: LeadsState, isReading: () => boolean) {
  const input = leadQueryOf(state);
  const key = JSON.stringify(input);
  const follows = usePermission('activity:read');
  const [liveState, setLiveState] = useState<LiveState>('connecting');
  useReportLive(follows ? liveState : undefined);
  const query = trpc.leads.list.useQuery(input, {
    placeholderData: keepPreviousData,
    refetchInterval: follows && liveState === 'live' ? false : REFRESH,
  });
  const { data, isPlaceholderData, refetch } = query;

  const [list, dispatch] = useReducer(heldLeads, NO_LEADS);
  useEffect(() => {
    if (data && !isPlaceholderData) dispatch({ kind: 'read', key, page: data, reading: isReading() });
  }, [data, isPlaceholderData, key, isReading]);

  const readNow = useCallback(() => void refetch(), [refetch]);
  const readSoon = useDebouncedCallback(readNow, SETTLED);
  const waitsSince = useRef<number>(undefined);
  const onEvent = useCallback(
    ({ lead }: ActivityView) => {
      // Of a lead that nobody knows yet the list shows nothing.
      if (!lead) return;
      const now = performance.now();
      waitsSince.current ??= now;
      readSoon();
      if (now - waitsSince.current < MOST) return;
      waitsSince.current = undefined;
      readSoon.flush();
    },
    [readSoon],
  );
  useEffect(() => {
    if (data) waitsSince.current = undefined;
  }, [data]);

  useLiveFeed({
    filter: EVERYTHING,
    after: undefined,
    enabled: follows,
    onEvent,
    onResync: readNow,
    onState: (next) => {
      // What happened before the stream was open, or while it was cut, is on the page that is read now.
      if (next === 'live') readNow();
      setLiveState(next);
    },
  });

  const release = useCallback(() => dispatch({ kind: 'release' }), []);
  return { list, waiting: newLeads(list), query, release, waitsForPage: isPlaceholderData };
}
