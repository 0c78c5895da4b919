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
  const all = value && !listed.includes(value) ? [value, ...listed] : listed;
  return (
    <FilterSelect
      label="Source"
      options={all.map((source) => ({ value: source, label: source }))}
      values={value === null ? [] : [value]}
      onChange={([source]) => onChange(source ?? null)}
      nothingFound={sources.isPending ? 'Loading…' : 'No such source'}
    />
  );
}
