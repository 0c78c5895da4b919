'use client';

import { Anchor, Group, Paper } from '@mantine/core';
import { useCallback } from 'react';
import { AppLink } from '../../ui/app-link.tsx';
import { LoadError } from '../../ui/states.tsx';
import { CompactRow } from '../activity/compact-row.tsx';
import { RowsSkeleton } from '../activity/rows-skeleton.tsx';
import { useTypes } from '../activity/use-types.ts';
import { DEFAULT_FEED, type FeedState } from '../feed/feed-filters.ts';
import { useFeed } from '../feed/use-feed.ts';
import { FirstSteps } from './first-steps.tsx';
import classes from './home.module.css';
import { TodayCounts } from './today-counts.tsx';

const EVERYTHING: FeedState = { ...DEFAULT_FEED, range: 'all' };
const SHOWN = 12;

/** Today's counts and the newest activities, live; what to do first when there are none. */
export function LatestActivity() {
  const { show } = useTypes();
  const never = useCallback(() => false, []);
  const { list, query, reload } = useFeed(EVERYTHING, never);
  const rows = list.rows.slice(0, SHOWN);
  if (query.isError && rows.length === 0) {
    return <LoadError error={query.error} what="the latest activity" onRetry={reload} retrying={query.isFetching} />;
  }
  if (query.isSuccess && list.total === 0 && list.reached >= 0) return <FirstSteps />;
  return (
    <>
      <TodayCounts />
      <Paper component="section" withBorder className={classes.paper} aria-labelledby="latest">
        <Group justify="space-between" px="md" pt="md" pb={6}>
          <h2 id="latest" className={classes.heading}>
            Latest activity
          </h2>
          <Anchor component={AppLink} href="/admin/activity-logs" size="sm">
            All activity logs
          </Anchor>
        </Group>
        {query.isPending && <RowsSkeleton rows={6} />}
        {rows.map((activity) => (
          <CompactRow
            key={activity.id}
            activity={activity}
            type={show(activity.type)}
            fresh={list.fresh.has(activity.id)}
            withLead
          />
        ))}
      </Paper>
    </>
  );
}
