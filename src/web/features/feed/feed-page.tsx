'use client';

import { Button, Paper } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { usePermission } from '../../session/session.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Pager } from '../../ui/pager.tsx';
import { LoadError, NoPermission } from '../../ui/states.tsx';
import { ActivityRow } from '../activity/activity-row.tsx';
import { NewPill } from '../activity/new-pill.tsx';
import { RowsSkeleton } from '../activity/rows-skeleton.tsx';
import { useExpanded } from '../activity/use-expanded.ts';
import { useNewToast } from '../activity/use-new-toast.ts';
import { useReading } from '../activity/use-reading.ts';
import { useRowKeys } from '../activity/use-row-keys.ts';
import { useTypes } from '../activity/use-types.ts';
import { FeedEmpty } from './feed-empty.tsx';
import { FIRST_PAGE } from './feed-filters.ts';
import classes from './feed-page.module.css';
import { FeedToolbar } from './feed-toolbar.tsx';
import { PAGE_SIZE, useFeed } from './use-feed.ts';
import { useFeedState } from './use-feed-state.ts';

/** The activity browser: everything that happens in the workspace, as it happens. */
export function FeedPage() {
  return usePermission('activity:read') ? <Feed /> : <NoPermission what="the activity logs" />;
}

function Feed() {
  const [state, setState] = useFeedState();
  const { show } = useTypes();
  const { expanded, toggle } = useExpanded();
  const listRef = useRef<HTMLElement>(null);
  const { scrolled, isReading } = useReading(listRef, expanded.size > 0);
  const { list, shownPage, query, newest, release, reload, waitsForPage } = useFeed(state, isReading);
  const waiting = list.held.length;
  const paused = state.live === 'off';
  useNewToast(waiting, scrolled && !paused);
  useRowKeys(listRef);
  useHotkeys([['p', () => setState({ live: paused ? null : 'off' }, { history: 'replace' })]]);

  // Back at the top with nothing open and nothing paused, the list is followed again.
  const follows = newest && !paused && !scrolled && expanded.size === 0;
  useEffect(() => {
    if (follows && waiting > 0 && !isReading()) release();
  }, [follows, waiting, isReading, release]);

  const showNew = () => {
    window.scrollTo({ top: 0 });
    if (newest) release();
    else void setState({ sort: null, order: null, ...FIRST_PAGE });
  };
  const beyond = query.data?.nextCursor;
  const isLastNumbered = list.totalIsCapped && state.page >= Math.ceil(list.total / PAGE_SIZE);
  const goTo = (page: number, cursor: string | null = null) => {
    window.scrollTo({ top: 0 });
    void setState({ page, cursor });
  };

  return (
    <>
      <PageHeader title="Activity logs" lead="Everything that happens to your leads, as it happens." />
      <FeedToolbar state={state} setState={setState} />
      {/* Rows of another question would seem to answer the one that failed. */}
      {query.isError && !query.data ? (
        <LoadError error={query.error} what="the activities" onRetry={reload} retrying={query.isFetching} />
      ) : (
        <Paper withBorder className={classes.paper}>
          <NewPill count={waiting} orMore={list.overflowed} onShow={showNew} />
          {query.isError && (
            <div role="alert" className={classes.stale}>
              These rows may be out of date: the last refresh failed.
              <Button size="compact-sm" variant="default" onClick={reload} loading={query.isFetching}>
                Try again
              </Button>
            </div>
          )}
          <section
            ref={listRef}
            aria-label="Activities"
            aria-busy={query.isPending || waitsForPage}
            className={classes.list}
            data-stale={waitsForPage || undefined}
          >
            {query.isPending && <RowsSkeleton />}
            {list.rows.map((activity) => (
              <ActivityRow
                key={activity.id}
                activity={activity}
                type={show(activity.type)}
                expanded={expanded.has(activity.id)}
                onToggle={toggle}
                fresh={list.fresh.has(activity.id)}
              />
            ))}
            {!query.isPending && list.rows.length === 0 && <FeedEmpty state={state} setState={setState} />}
          </section>
          {!query.isPending && (
            <Pager
              page={state.page}
              shownPage={shownPage}
              limit={PAGE_SIZE}
              shown={list.rows.length}
              total={list.total}
              totalIsCapped={list.totalIsCapped}
              what="activities"
              onPage={goTo}
              onBeyond={isLastNumbered && beyond ? () => goTo(state.page + 1, beyond) : undefined}
            />
          )}
        </Paper>
      )}
    </>
  );
}
