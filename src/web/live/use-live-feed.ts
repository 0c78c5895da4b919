'use client';

import { useEffect, useRef } from 'react';
import type { ActivityView } from '#domain/activity.ts';
import type { ActivityFilter } from '#domain/filter.ts';
import { filterKey } from '#domain/filter-match.ts';
import { useSession } from '../session/session.tsx';
import { browserTab } from './browser-tab.ts';
import type { LiveState } from './types.ts';

export interface LiveFeedOptions {
  readonly filter: ActivityFilter;
  /** Stream cursor of the page that is shown: the feed begins after it. Without one it begins now. */
  readonly after: string | undefined;
  readonly enabled: boolean;
  /** Each activity that matches and comes after the cursor, once, in position order. */
  readonly onEvent: (activity: ActivityView) => void;
  /** Something may have been missed: read the page again. Events go on after that. */
  readonly onResync: () => void;
  readonly onState: (state: LiveState) => void;
}

/** Follows what matches `filter` in the current workspace, over the one connection that this browser has. */
export function useLiveFeed({ filter, after, enabled, onEvent, onResync, onState }: LiveFeedOptions): void {
  const workspaceId = useSession().workspace?.id;
  const key = filterKey(filter);
  const latest = useRef({ filter, onEvent, onResync, onState });
  useEffect(() => {
    latest.current = { filter, onEvent, onResync, onState };
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the filter
  useEffect(() => {
    if (!enabled || workspaceId === undefined) return;
    return browserTab().follow(
      { workspaceId, filter: latest.current.filter, after },
      {
        onActivity: (activity) => latest.current.onEvent(activity),
        onResync: () => latest.current.onResync(),
        onState: (state) => latest.current.onState(state),
      },
    );
  }, [enabled, workspaceId, key, after]);
}
