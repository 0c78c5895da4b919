'use client';

import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData } from '@tanstack/react-query';
import { useState } from 'react';
import { leadName } from '#domain/lead.ts';
import { usePermission } from '../../session/session.tsx';
import { trpc } from '../../trpc/client.ts';
import { FilterSelect } from '../../ui/filter-select.tsx';

const SHOWN = 12;

interface LeadFilterProps {
  readonly value: string | null;
  readonly onChange: (id: string | null) => void;
}

/** One lead, found by name, e-mail, phone or company. */
export function LeadFilter({ value, onChange }: LeadFilterProps) {
  const mayRead = usePermission('leads:read');
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search.trim(), 250);
  const found = trpc.leads.list.useQuery(
    { limit: SHOWN, ...(settled && { search: settled }) },
    { enabled: mayRead, placeholderData: keepPreviousData, staleTime: 60_000 },
  );
  const chosen = trpc.leads.byId.useQuery({ id: value ?? '' }, { enabled: mayRead && value !== null });
  if (!mayRead) return null;
  const rows = found.data?.rows ?? [];
  const listed = chosen.data && !rows.some((lead) => lead.id === chosen.data.id) ? [chosen.data, ...rows] : rows;
  const known = listed.map((lead) => ({ value: lead.id, label: leadName(lead) }));
  const options =
    value && !chosen.data ? [{ value, label: '…' }, ...known.filter((item) => item.value !== value)] : known;
  return (
    <FilterSelect
      label="Lead"
      options={options}
      values={value === null ? [] : [value]}
      onChange={([id]) => onChange(id ?? null)}
      onSearch={setSearch}
      nothingFound={found.isFetching ? 'Searching…' : 'No such lead'}
    />
  );
}
