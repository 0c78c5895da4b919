'use client';

import { Select } from '@mantine/core';
import type { Order, Sort } from '#domain/filter.ts';

interface SortOption {
  readonly value: string;
  readonly label: string;
  readonly sort: Sort;
  readonly order: Order;
}

const OPTIONS: readonly SortOption[] = [
  { value: 'time-desc', label: 'Newest first', sort: 'time', order: 'desc' },
  { value: 'time-asc', label: 'Oldest first', sort: 'time', order: 'asc' },
  { value: 'lead-asc', label: 'Lead, A to Z', sort: 'lead', order: 'asc' },
  { value: 'lead-desc', label: 'Lead, Z to A', sort: 'lead', order: 'desc' },
  { value: 'type-asc', label: 'Type, A to Z', sort: 'type', order: 'asc' },
  { value: 'type-desc', label: 'Type, Z to A', sort: 'type', order: 'desc' },
];

interface SortSelectProps {
  readonly sort: Sort;
  readonly order: Order;
  readonly onChange: (sort: Sort, order: Order) => void;
}

export function SortSelect({ sort, order, onChange }: SortSelectProps) {
  return (
    <Select
      aria-label="Sort"
      w={150}
      // As high as the filters beside it.
      styles={{ input: { height: 34, minHeight: 34 } }}
      data={OPTIONS.map(({ value, label }) => ({ value, label }))}
      value={`${sort}-${order}`}
      onChange={(value) => {
        const chosen = OPTIONS.find((option) => option.value === value);
        if (chosen) onChange(chosen.sort, chosen.order);
      }}
      allowDeselect={false}
      checkIconPosition="right"
    />
  );
}
