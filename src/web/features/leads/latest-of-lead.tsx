'use client';

import { Anchor, Group, Paper, Title } from '@mantine/core';
import { useCallback } from 'react';
import { AppLink } from '../../ui/app-link.tsx';
import { LoadError } from '../../ui/states.tsx';
import { CompactRow } from '../activity/compact-row.tsx';
import { RowsSkeleton } from '../activity/rows-skeleton.tsx';
import { useTypes } from '../activity/use-types.ts';
import { useTimeline } from '../timeline/use-timeline.ts';
import classes from './lead-page.module.css';

const SHOWN = 8;
const NO_CATEGORIES = [] as const;

interface LatestOfLeadProps {
  readonly leadId: string;
  readonly onActivity: () => void;
}

/** The newest activities of a lead, live; all of them are one tab away. */
export function LatestOfLead({ leadId, onActivity }: LatestOfLeadProps) {
  const { show } = useTypes();
  const never = useCallback(() => false, []);
  const { list, query } = useTimeline({ leadId, search: '', categories: NO_CATEGORIES }, never, onActivity);
  const rows = list.rows.slice(0, SHOWN);
  return (
    <Paper component="section" withBorder className={classes.paper} aria-labelledby="lead-latest">
      <Group justify="space-between" px="md" pt="md" pb={6}>
        <Title order={2} id="lead-latest">
          Latest activity
        </Title>
        <Anchor component={AppLink} href="?tab=activity" size="sm">
          Whole history
        </Anchor>
      </Group>
      {query.isPending && <RowsSkeleton rows={5} />}
      {query.isError && rows.length === 0 && (
        <LoadError error={query.error} what="the latest activity" onRetry={query.refetch} retrying={query.isFetching} />
      )}
      {rows.map((activity) => (
        <CompactRow
          key={activity.id}
          activity={activity}
          type={show(activity.type)}
          fresh={list.fresh.has(activity.id)}
        />
      ))}
    </Paper>
  );
}
