'use client';

import { Button, Group, Paper, Stack } from '@mantine/core';
import { IconBellCheck } from '@tabler/icons-react';
import type { AlertState } from '#domain/alert.ts';
import { trpc } from '../../trpc/client.ts';
import { LoadError, Nothing } from '../../ui/states.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { AlertCard } from './alert-card.tsx';
import { ALERTS_REFRESH } from './alerts-params.ts';

/** Alerts in that state, newest first. */
export function AlertList({ state }: { readonly state: AlertState }) {
  const query = trpc.alerts.list.useInfiniteQuery(
    { state },
    { getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined, refetchInterval: ALERTS_REFRESH },
  );
  const rows = query.data?.pages.flatMap((page) => page.rows);
  if (query.isError && !rows) {
    return <LoadError error={query.error} what="the alerts" onRetry={query.refetch} retrying={query.isFetching} />;
  }
  if (!rows) {
    return (
      <Paper withBorder>
        <TableSkeleton what="the alerts" />
      </Paper>
    );
  }
  if (rows.length === 0) {
    return (
      <Paper withBorder>
        <Nothing
          icon={<IconBellCheck size={26} stroke={1.5} aria-hidden />}
          title={state === 'open' ? 'Nothing is wrong' : 'Nothing was wrong yet'}
          description={
            state === 'open'
              ? 'When a rule finds something, it is here within half a minute.'
              : 'Alerts that are over are kept here for a year.'
          }
        />
      </Paper>
    );
  }
  return (
    <Stack gap="sm">
      {rows.map((alert) => (
        <AlertCard key={alert.id} alert={alert} />
      ))}
      {query.hasNextPage && (
        <Group justify="center">
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
            Show more
          </Button>
        </Group>
      )}
    </Stack>
  );
}
