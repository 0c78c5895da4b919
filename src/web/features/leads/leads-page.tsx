'use client';

import { Button, Paper } from '@mantine/core';
import { IconAddressBook } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { useState } from 'react';
import { usePermission } from '../../session/session.tsx';
import { trpc } from '../../trpc/client.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { Pager } from '../../ui/pager.tsx';
import { LoadError, NoPermission, Nothing } from '../../ui/states.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { isLeadsFiltered, LEADS_PAGE_SIZE, leadQueryOf, NO_LEAD_FILTERS } from './leads-filters.ts';
import classes from './leads-page.module.css';
import { LeadsTable } from './leads-table.tsx';
import { LeadsToolbar } from './leads-toolbar.tsx';
import { useLeadsState } from './use-leads-state.ts';

const REFRESH = 30_000;

/** All leads of the workspace, to search, filter and open. */
export function LeadsPage() {
  return usePermission('leads:read') ? <Leads /> : <NoPermission what="leads" />;
}

function Leads() {
  const [state, setState] = useLeadsState();
  const query = trpc.leads.list.useQuery(leadQueryOf(state), {
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH,
  });
  const { data, isPlaceholderData } = query;
  const [shownPage, setShownPage] = useState(state.page);
  if (!isPlaceholderData && shownPage !== state.page) setShownPage(state.page);
  const filtered = isLeadsFiltered(state);
  return (
    <>
      <PageHeader title="Leads" lead="Everybody whose history is kept here." />
      <LeadsToolbar state={state} setState={setState} />
      {query.isError && !data ? (
        <LoadError error={query.error} what="the leads" onRetry={query.refetch} retrying={query.isFetching} />
      ) : (
        <Paper
          withBorder
          className={classes.paper}
          aria-busy={isPlaceholderData}
          data-stale={isPlaceholderData || undefined}
        >
          {!data && <TableSkeleton what="leads" />}
          {data && data.rows.length > 0 && (
            <LeadsTable
              leads={data.rows}
              sort={state.sort}
              order={state.order}
              onSort={(sort, order) => setState({ sort, order, page: null })}
            />
          )}
          {data && data.rows.length === 0 && (
            <Nothing
              icon={<IconAddressBook size={26} stroke={1.5} aria-hidden />}
              title={filtered ? 'No lead matches' : 'No leads yet'}
              description={
                filtered
                  ? 'Try fewer words, or another status, campaign or owner.'
                  : 'Leads come in through the sync: POST /api/internal/leads.'
              }
            >
              {filtered && (
                <Button variant="default" onClick={() => setState(NO_LEAD_FILTERS)}>
                  Reset filters
                </Button>
              )}
            </Nothing>
          )}
          {data && (
            <Pager
              page={state.page}
              shownPage={shownPage}
              limit={LEADS_PAGE_SIZE}
              shown={data.rows.length}
              total={data.total}
              what="leads"
              onPage={(page) => {
                window.scrollTo({ top: 0 });
                void setState({ page });
              }}
            />
          )}
        </Paper>
      )}
    </>
  );
}
