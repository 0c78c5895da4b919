'use client';

import { Button, Checkbox } from '@mantine/core';
import { IconFilterOff } from '@tabler/icons-react';
import { trpc } from '../../trpc/client.ts';
import { FilterSelect } from '../../ui/filter-select.tsx';
import { SearchBox } from '../../ui/search-box.tsx';
import { isLeadsFiltered, type LeadsState, NO_LEAD_FILTERS } from './leads-filters.ts';
import classes from './leads-page.module.css';
import type { SetLeadsState } from './use-leads-state.ts';

const MINUTE = 60_000;

interface LeadsToolbarProps {
  readonly state: LeadsState;
  readonly setState: SetLeadsState;
}

export function LeadsToolbar({ state, setState }: LeadsToolbarProps) {
  const statuses = trpc.leads.statuses.useQuery(undefined, { staleTime: MINUTE });
  const owners = trpc.leads.owners.useQuery(undefined, { staleTime: MINUTE });
  const campaigns = trpc.campaigns.list.useQuery(undefined, { staleTime: MINUTE });
  const statusOptions = (statuses.data ?? []).map((status) => ({ value: status, label: status }));
  const campaignOptions = (campaigns.data ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const people = (owners.data ?? []).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <search className={classes.toolbar} aria-label="Leads">
      <SearchBox
        label="Search leads"
        placeholder="Search names, e-mails, phones, companies"
        value={state.q}
        onSearch={(q) => setState({ q: q || null, page: null }, { history: 'replace' })}
      />
      <div className={classes.filters}>
        <FilterSelect
          label="Status"
          options={statusOptions}
          values={state.status ? [state.status] : []}
          onChange={([status]) => setState({ status: status ?? null, page: null })}
        />
        <FilterSelect
          label="Campaign"
          options={campaignOptions}
          values={state.campaign ? [state.campaign] : []}
          onChange={([campaign]) => setState({ campaign: campaign ?? null, page: null })}
        />
        <FilterSelect
          label="Owner"
          options={[{ value: 'none', label: 'Nobody' }, ...people]}
          values={state.owner ? [state.owner] : []}
          onChange={([owner]) => setState({ owner: owner ?? null, page: null })}
        />
        <Checkbox
          label="Archived"
          checked={state.archived === 'yes'}
          onChange={(event) => setState({ archived: event.currentTarget.checked ? 'yes' : null, page: null })}
          mx={4}
        />
        {isLeadsFiltered(state) && (
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconFilterOff size={15} aria-hidden />}
            onClick={() => setState(NO_LEAD_FILTERS)}
          >
            Reset filters
          </Button>
        )}
      </div>
    </search>
  );
}
