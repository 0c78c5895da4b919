'use client';

import { trpc } from '../../trpc/client.ts';
import { FilterSelect } from '../../ui/filter-select.tsx';

interface SourceFilterProps {
  readonly value: string | null;
  readonly onChange: (source: string | null) => void;
}

/** Where an activity came from: a workflow, a page, a service. */
export function SourceFilter({ value, onChange }: SourceFilterProps) {
  const sources = trpc.search.sources.useQuery(undefined, { staleTime: 60_000 });
  const listed = sources.data ?? [];
  const options = value && !listed.includes(value) ? [value, ...listed] : [...listed];
  return (
    <FilterSelect
      label="Source"
      options={options}
      value={value}
      chosen={value ?? undefined}
      onChange={onChange}
      nothingFound={sources.isPending ? 'Loading…' : 'No such source'}
    />
  );
}
