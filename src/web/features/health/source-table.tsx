'use client';

import '@mantine/charts/styles.css';
import { Anchor, Badge, Group, Paper, Table, Text, Title } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconPlugOff } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import type { RateJudgement } from '#domain/health.ts';
import { usePermission } from '../../session/session.tsx';
import { When } from '../../time/when.tsx';
import { type Outputs, trpc } from '../../trpc/client.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { LoadError, Nothing } from '../../ui/states.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import classes from './health.module.css';
import { rangeText, spanText } from './measures.ts';

type Source = Outputs['health']['sources'][number];

const REFRESH = 10_000;
const JUDGEMENTS: Readonly<Record<RateJudgement, readonly [label: string, colour: string]>> = {
  silent: ['Silent', 'red'],
  low: ['Less than usual', 'orange'],
  usual: ['As usual', 'teal'],
  high: ['More than usual', 'blue'],
  learning: ['Still learning', 'gray'],
};

const ONLY_REFUSED = ['Nothing taken', 'red'] as const;

/** Charts are a library of their own: loaded when there is something to draw. */
const DayChart = dynamic(() => import('./day-chart.tsx').then((module) => module.DayChart), {
  ssr: false,
  loading: () => <span className={classes.chart} />,
});

/** Each source of the workspace: what came last, and how that compares with its own rhythm. */
export function SourceTable() {
  const query = trpc.health.sources.useQuery(undefined, {
    refetchInterval: REFRESH,
    placeholderData: keepPreviousData,
  });
  const { data } = query;
  return (
    <section aria-labelledby="sources">
      <Title order={2} id="sources" mb={6}>
        Sources
      </Title>
      {query.isError && !data ? (
        <LoadError error={query.error} what="the sources" onRetry={query.refetch} retrying={query.isFetching} />
      ) : (
        <Paper withBorder className={classes.paper} data-stale={query.isError || undefined}>
          {!data && <TableSkeleton what="the sources" />}
          {data?.length === 0 && (
            <Nothing
              icon={<IconPlugOff size={26} stroke={1.5} aria-hidden />}
              title="No source has sent anything yet"
              description="Whatever logs events into this workspace appears here, with its last event and its usual rate."
            />
          )}
          {data && data.length > 0 && (
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Source</Table.Th>
                  <Table.Th>Last event</Table.Th>
                  <Table.Th className={classes.roomy}>Last hour</Table.Th>
                  <Table.Th className={classes.wide}>Last 24 hours</Table.Th>
                  <Table.Th className={classes.roomy}>Refused, 24 h</Table.Th>
                  <Table.Th className={classes.wide}>Until recorded and shown</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {data.map((source) => (
                  <SourceRow key={source.source} source={source} />
                ))}
              </Table.Tbody>
            </Table>
          )}
        </Paper>
      )}
    </section>
  );
}

function SourceRow({ source }: { readonly source: Source }) {
  const [label, colour] = source.lastRecordedAt === null ? ONLY_REFUSED : JUDGEMENTS[source.judgement];
  // What is not shown has no size to draw in.
  const isWide = useMediaQuery('(min-width: 68em)');
  const mayReplay = usePermission('quarantine:manage');
  const mayRead = usePermission('activity:read');
  const refusedHref = `/admin/retry-queue?source=${encodeURIComponent(source.source)}`;
  const total = source.day.reduce((sum, count) => sum + count, 0);
  return (
    <Table.Tr>
      <Table.Td>
        {mayRead && source.lastRecordedAt !== null ? (
          <Anchor
            component={AppLink}
            href={`/admin/activity-logs?source=${encodeURIComponent(source.source)}&range=all`}
            size="sm"
            className={classes.source}
          >
            {source.source}
          </Anchor>
        ) : (
          <Text size="sm" className={classes.source}>
            {source.source}
          </Text>
        )}
        <Group gap={6} className={classes.judgement}>
          <Badge size="sm" variant="light" color={colour} tt="none">
            {label}
          </Badge>
          {source.refused > 0 && (
            <Badge size="sm" variant="light" color="orange" tt="none">
              {source.refused.toLocaleString('en')} refused
            </Badge>
          )}
        </Group>
      </Table.Td>
      <Table.Td className={classes.when}>
        {source.lastRecordedAt === null ? (
          <Text span size="sm" c="dimmed">
            None yet
          </Text>
        ) : (
          <When at={source.lastRecordedAt} />
        )}
      </Table.Td>
      <Table.Td className={classes.roomy}>
        <Text span size="sm" className={classes.number}>
          {source.lastHour}
        </Text>
        <Text size="xs" c="dimmed">
          {source.usual.length > 0 ? `usually ${rangeText(source.usual)}` : 'not known yet'}
        </Text>
      </Table.Td>
      <Table.Td className={classes.wide}>
        {isWide && <DayChart counts={source.day} label={`${total} events of ${source.source} in the last 24 hours`} />}
      </Table.Td>
      <Table.Td className={classes.roomy}>
        {source.refused > 0 && mayReplay ? (
          <Anchor component={AppLink} href={refusedHref} size="sm">
            {source.refused.toLocaleString('en')}
          </Anchor>
        ) : (
          <Text span size="sm" c={source.refused > 0 ? undefined : 'dimmed'}>
            {source.refused}
          </Text>
        )}
      </Table.Td>
      <Table.Td className={classes.wide}>
        {source.lagMs ? (
          <>
            <Text span size="sm" className={classes.number}>
              {spanText(source.lagMs.p50)}
            </Text>
            <Text size="xs" c="dimmed">
              95 % within {spanText(source.lagMs.p95)}
            </Text>
            {source.shownMs && (
              <Text size="xs" c="dimmed">
                then {spanText(source.shownMs.p50)} until read for open pages
              </Text>
            )}
          </>
        ) : (
          <Text span size="sm" c="dimmed">
            Nothing today
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
