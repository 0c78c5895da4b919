'use client';

import { Badge, Paper, Table, Text, Title } from '@mantine/core';
import { IconMoodCheck } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import type { IncidentKind, IncidentView } from '#domain/health.ts';
import { When } from '../../time/when.tsx';
import { trpc } from '../../trpc/client.ts';
import { LoadError, Nothing } from '../../ui/states.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import classes from './health.module.css';
import { spanText } from './measures.ts';

const REFRESH = 10_000;
const LABELS: Readonly<Record<IncidentKind, string>> = {
  database_away: 'Database away',
  spool_in_use: 'Events waited on disk',
  live_lagging: 'Live stream could not read',
  process_killed: 'Process was killed',
};

/** What went wrong, latest first. */
export function IncidentList() {
  const query = trpc.health.incidents.useQuery({}, { refetchInterval: REFRESH, placeholderData: keepPreviousData });
  const { data } = query;
  return (
    <section aria-labelledby="incidents">
      <Title order={2} id="incidents" mb={6}>
        Incidents
      </Title>
      {query.isError && !data ? (
        <LoadError error={query.error} what="the incidents" onRetry={query.refetch} retrying={query.isFetching} />
      ) : (
        <Paper withBorder className={classes.paper} data-stale={query.isError || undefined}>
          {!data && <TableSkeleton what="the incidents" />}
          {data?.length === 0 && (
            <Nothing
              icon={<IconMoodCheck size={26} stroke={1.5} aria-hidden />}
              title="No incidents"
              description="Outages of the database, events that waited on disk and killed processes are listed here, with begin and end."
            />
          )}
          {data && data.length > 0 && (
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>What</Table.Th>
                  <Table.Th>Began</Table.Th>
                  <Table.Th>Lasted</Table.Th>
                  <Table.Th className={classes.roomy}>Why, and where it was seen</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {data.map((incident) => (
                  <Table.Tr key={incident.id}>
                    <Table.Td>{LABELS[incident.kind]}</Table.Td>
                    <Table.Td>
                      <When at={incident.openedAt} />
                    </Table.Td>
                    <Table.Td>
                      <Lasted incident={incident} />
                    </Table.Td>
                    <Table.Td className={classes.roomy}>
                      {/* Some say no more than what they are called. */}
                      {incident.detail !== `${LABELS[incident.kind]}.` && (
                        <Text size="sm" className={classes.detail}>
                          {incident.detail}
                        </Text>
                      )}
                      <Text size="xs" c="dimmed">
                        {incident.place}
                      </Text>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
        </Paper>
      )}
    </section>
  );
}

function Lasted({ incident: { openedAt, closedAt } }: { readonly incident: IncidentView }) {
  if (closedAt) return <>{spanText(Date.parse(closedAt) - Date.parse(openedAt))}</>;
  return (
    <Badge size="sm" variant="light" color="orange" tt="none">
      Goes on
    </Badge>
  );
}
