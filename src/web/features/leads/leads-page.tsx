'use client';

import { Button, Paper } from '@mantine/core';
import { IconAddressBook } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { usePermission } from '../../session/session.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Pager } from '../../ui/pager.tsx';
import { LoadError, NoPermission, Nothing } from '../../ui/states.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { NewPill } from '../activity/new-pill.tsx';
import { useReading } from '../activity/use-reading.ts';
import { isLeadsFiltered, LEADS_PAGE_SIZE, NO_LEAD_FILTERS } from './leads-filters.ts';
import classes from './leads-page.module.css';
import { LeadsTable } from './leads-table.tsx';
import { LeadsToolbar } from './leads-toolbar.tsx';
import { useLeads } from './use-leads.ts';
import { useLeadsState } from './use-leads-state.ts';

/** All leads of the workspace, to search, filter and open. */
export function LeadsPage() {
  return usePermission('leads:read') ? <Leads /> : <NoPermission what="leads" />;
}

function Leads() {
  const [state, setState] = useLeadsState();
  const listRef = useRef<HTMLDivElement>(null);
  // Who points at a row is about to open it: it must not go from under the pointer.
  const [pointsAt, setPointsAt] = useState(false);
  const { scrolled, isReading } = useReading(listRef, pointsAt);
  const { list, waiting, query, release, waitsForPage } = useLeads(state, isReading);
  const { data } = query;
  // The rows are taken in just after they are there.
  const isPending = !data || (data.rows.length > 0 && list.rows.length === 0);
  const [shownPage, setShownPage] = useState(state.page);
  if (!waitsForPage && shownPage !== state.page) setShownPage(state.page);

  const hasNext = list.next !== undefined;
  useEffect(() => {
    if (hasNext && !scrolled && !pointsAt && !isReading()) release();
  }, [hasNext, scrolled, pointsAt, isReading, release]);
  const filtered = isLeadsFiltered(state);
  return (
    <>
      <PageHeader title="Leads" lead="Everybody whose history is kept here." />
      <LeadsToolbar state={state} setState={setState} />
      {query.isError && !data ? (
        <LoadError error={query.error} what="the leads" onRetry={query.refetch} retrying={query.isFetching} />
      ) : (
        <Paper withBorder className={classes.paper} aria-busy={waitsForPage} data-stale={waitsForPage || undefined}>
          <NewPill
            count={waiting}
            onShow={() => {
              window.scrollTo({ top: 0 });
              release();
            }}
          />
          {isPending && <TableSkeleton what="leads" />}
          {list.rows.length > 0 && (
            <div
              ref={listRef}
              className={classes.scroller}
              onPointerEnter={({ pointerType }) => setPointsAt(pointerType === 'mouse')}
              onPointerLeave={() => setPointsAt(false)}
            >
              <LeadsTable
                leads={list.rows}
                sort={state.sort}
                order={state.order}
                onSort={(sort, order) => setState({ sort, order, page: null })}
              />
            </div>
          )}
          {!isPending && list.rows.length === 0 && (
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
          {!isPending && (
            <Pager
              page={state.page}
              shownPage={shownPage}
              limit={LEADS_PAGE_SIZE}
              shown={list.rows.length}
              total={list.total}
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
