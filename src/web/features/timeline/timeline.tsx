'use client';

import { Button, Chip, Group, Loader, Paper, Text } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import { IconHistory } from '@tabler/icons-react';
import { useQueryStates } from 'nuqs';
import { useEffect, useMemo, useRef } from 'react';
import { CATEGORIES, CATEGORY_COLOURS, CATEGORY_LABELS } from '#domain/catalogue/index.ts';
import { useWorkspaceTimeZone } from '../../session/session.tsx';
import { SearchBox } from '../../ui/search-box.tsx';
import { LoadError, Nothing } from '../../ui/states.tsx';
import { NewPill } from '../activity/new-pill.tsx';
import { RowsSkeleton } from '../activity/rows-skeleton.tsx';
import { useExpanded } from '../activity/use-expanded.ts';
import { useNewToast } from '../activity/use-new-toast.ts';
import { useReading } from '../activity/use-reading.ts';
import { useRowKeys } from '../activity/use-row-keys.ts';
import { groupDays } from './group-days.ts';
import classes from './timeline.module.css';
import { leadParams } from './timeline-params.ts';
import { TimelineRows } from './timeline-rows.tsx';
import { useTimeline } from './use-timeline.ts';

interface TimelineProps {
  readonly leadId: string;
  /** Hears of every activity that arrives, so that the rest of the page keeps up. */
  readonly onActivity: () => void;
}

/** Everything that happened to a lead, day by day, newest first, growing in place. */
export function Timeline({ leadId, onActivity }: TimelineProps) {
  const [{ q, category }, setState] = useQueryStates(leadParams, { history: 'replace' });
  const timeZone = useWorkspaceTimeZone();
  const { expanded, toggle } = useExpanded();
  const listRef = useRef<HTMLElement>(null);
  const { scrolled, isReading } = useReading(listRef, expanded.size > 0);
  const timeline = useTimeline({ leadId, search: q, categories: category }, isReading, onActivity);
  const { list, query, release, loadOlder, olderState, waitsForPage } = timeline;
  const items = useMemo(() => groupDays(list.rows, timeZone), [list.rows, timeZone]);
  const waiting = list.held.length;
  useNewToast(waiting, scrolled);
  useRowKeys(listRef);

  const follows = !scrolled && expanded.size === 0;
  useEffect(() => {
    if (follows && waiting > 0 && !isReading()) release();
  }, [follows, waiting, isReading, release]);

  const { ref: endRef, entry } = useIntersection({ rootMargin: '600px' });
  const atEnd = entry?.isIntersecting === true;
  useEffect(() => {
    if (atEnd && list.hasMore && olderState === 'idle') void loadOlder();
  }, [atEnd, list.hasMore, olderState, loadOlder]);

  const filtered = q !== '' || category.length > 0;
  if (query.isError && list.rows.length === 0) {
    return (
      <LoadError error={query.error} what="the timeline" onRetry={() => query.refetch()} retrying={query.isFetching} />
    );
  }
  return (
    <>
      <search className={classes.toolbar} aria-label="Timeline">
        <div className={classes.search}>
          <SearchBox
            label="Search this timeline"
            placeholder="Search this timeline"
            value={q}
            onSearch={(text) => setState({ q: text || null })}
          />
        </div>
        <Chip.Group
          multiple
          value={category}
          onChange={(chosen) => setState({ category: CATEGORIES.filter((item) => chosen.includes(item)) })}
        >
          <Group gap={6} role="group" aria-label="Categories">
            {CATEGORIES.map((item) => (
              <Chip key={item} value={item} size="xs" variant="light" color={CATEGORY_COLOURS[item]}>
                {CATEGORY_LABELS[item]}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </search>
      <Paper withBorder className={classes.paper}>
        <NewPill
          count={waiting}
          orMore={list.overflowed}
          onShow={() => {
            window.scrollTo({ top: 0 });
            release();
          }}
        />
        <section
          ref={listRef}
          aria-label="Timeline"
          aria-busy={query.isPending || waitsForPage}
          data-stale={waitsForPage || undefined}
          className={classes.list}
        >
          {query.isPending && <RowsSkeleton rows={6} />}
          <TimelineRows items={items} fresh={list.fresh} expanded={expanded} onToggle={toggle} />
          {!query.isPending && list.rows.length === 0 && (
            <Nothing
              icon={<IconHistory size={26} stroke={1.5} aria-hidden />}
              title={filtered ? 'Nothing matches' : 'No history yet'}
              description={
                filtered
                  ? 'No activity of this lead matches these filters.'
                  : 'What happens to this lead appears here the moment it is recorded.'
              }
            >
              {filtered && (
                <Button variant="default" onClick={() => setState({ q: null, category: null })}>
                  Reset filters
                </Button>
              )}
            </Nothing>
          )}
        </section>
        <div ref={endRef} className={classes.end}>
          {olderState === 'failed' && (
            <Button size="compact-sm" variant="default" onClick={loadOlder}>
              Older activities could not be loaded. Try again
            </Button>
          )}
          {list.hasMore && olderState === 'loading' && <Loader size="sm" aria-label="Loading older activities" />}
          {list.hasMore && olderState === 'idle' && (
            <Button size="compact-sm" variant="default" onClick={loadOlder}>
              Load older
            </Button>
          )}
          {!list.hasMore && list.rows.length > 0 && (
            <Text size="xs" c="dimmed">
              The beginning of the history
            </Text>
          )}
        </div>
      </Paper>
    </>
  );
}
