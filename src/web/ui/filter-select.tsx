'use client';

import { Button, type ComboboxData, ComboboxPopover } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import type { ComponentProps, ReactNode } from 'react';
import classes from './filter-select.module.css';

/** A value, or a group of values, to choose from. */
export type FilterOptions = ComboboxData;

interface FilterButtonProps {
  readonly label: string;
  /** What is chosen, in words; undefined for everything. */
  readonly chosen: string | undefined;
}

function FilterButton({ label, chosen, ...others }: FilterButtonProps & ComponentProps<typeof Button<'button'>>) {
  return (
    <Button
      variant="default"
      className={classes.button}
      data-chosen={chosen !== undefined || undefined}
      rightSection={<IconChevronDown size={14} aria-hidden />}
      {...others}
    >
      <span className={classes.label}>{label}</span>
      <span className={classes.value}>{chosen ?? 'All'}</span>
    </Button>
  );
}

interface FilterSelectProps {
  readonly label: string;
  readonly options: FilterOptions;
  readonly nothingFound?: ReactNode;
}

interface OneProps extends FilterSelectProps {
  readonly value: string | null;
  readonly chosen: string | undefined;
  readonly onChange: (value: string | null) => void;
  readonly searchValue?: string;
  /** Given when the server does the searching: then the options are shown as they are. */
  readonly onSearchChange?: (value: string) => void;
  readonly searchable?: boolean;
}

/** A filter of one value: choosing it again takes it away. */
export function FilterSelect(props: OneProps) {
  const {
    label,
    options,
    value,
    chosen,
    onChange,
    nothingFound,
    searchValue,
    onSearchChange,
    searchable = true,
  } = props;
  return (
    <ComboboxPopover
      value={value}
      onChange={onChange}
      data={options}
      searchable={searchable}
      nothingFoundMessage={nothingFound ?? 'Nothing found'}
      maxDropdownHeight={320}
      comboboxProps={{ width: 280, position: 'bottom-start' }}
      {...(onSearchChange && {
        searchValue: searchValue ?? '',
        onSearchChange,
        filter: ({ options: all }) => all,
      })}
    >
      <ComboboxPopover.Target>
        <FilterButton label={label} chosen={chosen} />
      </ComboboxPopover.Target>
    </ComboboxPopover>
  );
}

interface ManyProps extends FilterSelectProps {
  readonly values: readonly string[];
  readonly labelOf: (value: string) => string;
  readonly onChange: (values: string[]) => void;
  readonly searchable?: boolean;
}

/** A filter of any of several values. */
export function FilterMultiSelect(props: ManyProps) {
  const { label, options, values, labelOf, onChange, nothingFound, searchable = false } = props;
  const [first, ...others] = values;
  const chosen = first === undefined ? undefined : `${labelOf(first)}${others.length > 0 ? ` +${others.length}` : ''}`;
  return (
    <ComboboxPopover
      multiple
      value={[...values]}
      onChange={onChange}
      data={options}
      searchable={searchable}
      nothingFoundMessage={nothingFound ?? 'Nothing found'}
      maxDropdownHeight={360}
      comboboxProps={{ width: 260, position: 'bottom-start' }}
    >
      <ComboboxPopover.Target>
        <FilterButton label={label} chosen={chosen} />
      </ComboboxPopover.Target>
    </ComboboxPopover>
  );
}
