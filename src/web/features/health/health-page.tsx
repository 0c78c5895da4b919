'use client';

import { Alert, Stack } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { usePermission } from '../../session/session.tsx';
import { When } from '../../time/when.tsx';
import { trpc } from '../../trpc/client.ts';
import { errorSentence } from '../../trpc/errors.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { LoadError, NoPermission } from '../../ui/states.tsx';
import { HealthFacts } from './health-facts.tsx';
import { HealthSkeleton } from './health-skeleton.tsx';
import { IncidentList } from './incident-list.tsx';
import { OpenAlerts } from './open-alerts.tsx';
import { SourceTable } from './source-table.tsx';
import { VerdictCard } from './verdict-card.tsx';

const REFRESH = 5_000;
/** Asked alone: what shares a request with it may fail while the database is away. */
const ALONE = { trpc: { context: { skipBatch: true } } };

/** Whether logging works: now, by source, and before. */
export function HealthPage() {
  return usePermission('ops:read') ? <Health /> : <NoPermission what="the health of Historybook" />;
}

function Health() {
  const report = trpc.health.report.useQuery(undefined, {
    ...ALONE,
    refetchInterval: REFRESH,
    refetchIntervalInBackground: true,
    placeholderData: keepPreviousData,
  });
  const { data } = report;
  return (
    <>
      <PageHeader
        title="Health"
        lead="Is logging working now, how does each source fare, and what went wrong before."
      />
      {report.isError && !data && (
        <LoadError
          error={report.error}
          what="the health of Historybook"
          onRetry={report.refetch}
          retrying={report.isFetching}
        />
      )}
      {report.isPending && <HealthSkeleton />}
      {data && (
        <Stack gap="md">
          {report.isError && (
            <Alert
              role="status"
              color="orange"
              icon={<IconPlugConnectedX aria-hidden />}
              title="This page is not up to date"
            >
              {errorSentence(report.error)} What follows was so <When at={data.at} />; it is asked again every few
              seconds.
            </Alert>
          )}
          <VerdictCard report={data} />
          <OpenAlerts />
          <SourceTable />
          <HealthFacts report={data} />
          <IncidentList />
        </Stack>
      )}
    </>
  );
}
