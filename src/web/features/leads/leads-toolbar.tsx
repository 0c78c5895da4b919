'use client';

import { Button, Checkbox, Group } from '@mantine/core';
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
  const people = owners.data ?? [];
  const listed = campaigns.data ?? [];
  const ownerName = state.owner === 'none' ? 'Nobody' : people.find(({ id }) => id === state.owner)?.name;
  return (
    <search className={classes.toolbar} aria-label="Leads">
      <SearchBox
        label="Search leads"
        placeholder="Search names, e-mails, phones, companies"
        value={state.q}
        onSearch={(q) => setState({ q: q || null, page: null }, { history: 'replace' })}
      />
      <Group gap="xs">
        <FilterSelect
          label="Status"
          options={[...(statuses.data ?? [])]}
          value={state.status}
          chosen={state.status ?? undefined}
          onChange={(status) => setState({ status, page: null })}
          searchable={false}
        />
        <FilterSelect
          label="Campaign"
          options={listed.map(({ id, name }) => ({ value: id, label: name }))}
          value={state.campaign}
          chosen={state.campaign ? (listed.find(({ id }) => id === state.campaign)?.name ?? '…') : undefined}
          onChange={(campaign) => setState({ campaign, page: null })}
        />
        <FilterSelect
          label="Owner"
          options={[{ value: 'none', label: 'Nobody' }, ...people.map(({ id, name }) => ({ value: id, label: name }))]}
          value={state.owner}
          chosen={state.owner ? (ownerName ?? '…') : undefined}
          onChange={(owner) => setState({ owner, page: null })}
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
      </Group>
    </search>
  );
}
