'use client';

import { Badge, Button, Group, Paper, Tabs, Text } from '@mantine/core';
import { IconMoodCheck } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { useState } from 'react';
import { QUARANTINE_STATES, type QuarantineState } from '#domain/quarantine.ts';
import { usePermission } from '../../session/session.tsx';
import { useNow } from '../../time/use-now.ts';
import { trpc } from '../../trpc/client.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { LoadError, NoPermission, Nothing } from '../../ui/states.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { CorrectDialog, type CorrectTarget } from './correct-dialog.tsx';
import { fieldsToCorrect } from './correction.ts';
import { DiscardDialog, type DiscardTarget } from './discard-dialog.tsx';
import { type Many, ManyActions } from './many-actions.tsx';
import classes from './queue.module.css';
import { isQueueFiltered, NO_QUEUE_FILTERS, queueFilterOf } from './queue-filters.ts';
import { QueueTable } from './queue-table.tsx';
import { QueueToolbar } from './queue-toolbar.tsx';
import { ReplayBar } from './replay-bar.tsx';
import { useQueueState } from './use-queue.ts';

const REFRESH = 10_000;
/** A list that somebody has opened further is left standing: reading all of its pages anew would cost as many requests. */
const MOST_PAGES_REFRESHED = 4;
const NOTHING: ReadonlySet<string> = new Set();
const LABELS: Readonly<Record<QuarantineState, string>> = {
  waiting: 'Waiting',
  replayed: 'Replayed',
  discarded: 'Discarded',
};
/** "Showing 50 of 5,000". */
function shownOf(count: number, page: { readonly total: number; readonly totalIsCapped: boolean } | undefined): string {
  const total = page && `${page.totalIsCapped ? 'more than ' : ''}${page.total.toLocaleString('en')}`;
  return total === undefined ? '' : `Showing ${count.toLocaleString('en')} of ${total}`;
}

/** Events that were refused: to correct, replay or discard. */
export function QueuePage() {
  return usePermission('quarantine:manage') ? <Queue /> : <NoPermission what="the retry queue" />;
}

function Queue() {
  const [state, setState] = useQueueState();
  const filter = queueFilterOf(state, useNow());
  const query = trpc.retryQueue.list.useInfiniteQuery(
    { filter, limit: 50 },
    {
      getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
      placeholderData: keepPreviousData,
      refetchInterval: ({ state: { data } }) =>
        data === undefined || data.pages.length <= MOST_PAGES_REFRESHED ? REFRESH : false,
    },
  );
  const counts = trpc.retryQueue.counts.useQuery(
    { filter },
    { placeholderData: keepPreviousData, refetchInterval: REFRESH },
  );
  const replays = trpc.retryQueue.replays.useQuery();
  const [replayId, setReplayId] = useState<string>();
  const [discarding, setDiscarding] = useState<DiscardTarget>();
  const [correcting, setCorrecting] = useState<CorrectTarget>();
  const [selected, setSelected] = useState<ReadonlySet<string>>(NOTHING);
  const rows = query.data?.pages.flatMap((page) => page.rows);
  const waiting = counts.data?.waiting ?? 0;
  const filtered = isQueueFiltered(state);
  const chosen = rows?.filter(({ id }) => selected.has(id)) ?? [];
  /** What the buttons do something to: they are there only for what waits. */
  const many: Many =
    chosen.length > 0
      ? { are: 'selected', count: chosen.length, filter: { state: 'waiting', ids: chosen.map(({ id }) => id) } }
      : { are: filtered ? 'matching' : 'all', count: waiting, filter: { ...filter, state: 'waiting' } };
  const correct = () => setCorrecting({ ...many, fields: fieldsToCorrect(chosen.length > 0 ? chosen : (rows ?? [])) });
  const shownReplay = replayId ?? replays.data?.find((replay) => replay.state === 'running')?.id;
  return (
    <>
      <PageHeader
        title="Retry queue"
        lead="Events that were refused wait here. Nothing is lost: correct and replay them, at their original time."
        actions={
          state.state === 'waiting' &&
          waiting > 0 && (
            <ManyActions many={many} onDiscard={() => setDiscarding(many)} onCorrect={correct} onBegun={setReplayId} />
          )
        }
      />
      {shownReplay && <ReplayBar key={shownReplay} id={shownReplay} onClose={() => setReplayId(undefined)} />}
      <Tabs
        value={state.state}
        onChange={(next) => setState({ state: QUARANTINE_STATES.find((known) => known === next) ?? null })}
        mb="sm"
      >
        <Tabs.List>
          {QUARANTINE_STATES.map((tab) => (
            <Tabs.Tab
              key={tab}
              value={tab}
              rightSection={
                counts.data && (
                  <Badge
                    miw="max-content"
                    size="sm"
                    variant="light"
                    color={tab === 'waiting' && waiting > 0 ? 'orange' : 'gray'}
                  >
                    {counts.data[tab].toLocaleString('en')}
                  </Badge>
                )
              }
            >
              {LABELS[tab]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={state.state} pt="sm">
          <QueueToolbar state={state} setState={setState} />
          {query.isError && !rows ? (
            <LoadError error={query.error} what="the retry queue" onRetry={query.refetch} retrying={query.isFetching} />
          ) : (
            <Paper
              withBorder
              className={classes.paper}
              aria-busy={query.isPlaceholderData}
              data-stale={query.isPlaceholderData || undefined}
            >
              {!rows && <TableSkeleton what="the retry queue" />}
              {rows && rows.length > 0 && (
                <QueueTable
                  state={state.state}
                  rows={rows}
                  selected={selected}
                  onSelect={setSelected}
                  onDiscard={setDiscarding}
                />
              )}
              {rows?.length === 0 && (
                <Empty state={state.state} filtered={filtered} onReset={() => setState(NO_QUEUE_FILTERS)} />
              )}
              {rows && query.hasNextPage && (
                <Group justify="center" p="sm" gap="md">
                  <Text size="sm" c="dimmed">
                    {shownOf(rows.length, query.data?.pages[0])}
                  </Text>
                  <Button variant="default" loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
                    Show more
                  </Button>
                </Group>
              )}
            </Paper>
          )}
        </Tabs.Panel>
      </Tabs>
      <DiscardDialog target={discarding} onClose={() => setDiscarding(undefined)} />
      <CorrectDialog target={correcting} onClose={() => setCorrecting(undefined)} onBegun={setReplayId} />
    </>
  );
}

interface EmptyProps {
  readonly state: QuarantineState;
  readonly filtered: boolean;
  readonly onReset: () => void;
}

function Empty({ state, filtered, onReset }: EmptyProps) {
  const nothing = {
    waiting: 'Nothing waits',
    replayed: 'Nothing was replayed yet',
    discarded: 'Nothing was discarded',
  };
  return (
    <Nothing
      icon={<IconMoodCheck size={26} stroke={1.5} aria-hidden />}
      title={filtered ? 'No event matches' : nothing[state]}
      description={
        filtered
          ? 'Try fewer words, or another reason, type or source.'
          : 'An event that is refused is kept here with the reason, for somebody to correct.'
      }
    >
      {filtered && (
        <Button variant="default" onClick={onReset}>
          Reset filters
        </Button>
      )}
    </Nothing>
  );
}
