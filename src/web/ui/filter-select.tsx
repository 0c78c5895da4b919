'use client';

import { Combobox, Popover, useCombobox } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { FilterButton } from './filter-button.tsx';
import classes from './filter-select.module.css';

export interface FilterOption {
  readonly value: string;
  readonly label: string;
  /** A heading above the first option of each group. */
  readonly group?: string;
}

interface FilterSelectProps {
  readonly label: string;
  readonly options: readonly FilterOption[];
  readonly values: readonly string[];
  readonly onChange: (values: string[]) => void;
  /** Any of several values, or one. */
  readonly multiple?: boolean;
  readonly nothingFound?: string;
  /** Given when the server does the searching: then the options are shown as they are. */
  readonly onSearch?: (text: string) => void;
}

function inWords(options: readonly FilterOption[], [first, ...others]: readonly string[]): string {
  if (first === undefined) return 'All';
  const label = options.find(({ value }) => value === first)?.label ?? first;
  return others.length > 0 ? `${label} +${others.length}` : label;
}

function grouped(options: readonly FilterOption[], draw: (option: FilterOption) => ReactNode): ReactNode {
  const groups = Map.groupBy(options, ({ group }) => group);
  return [...groups].map(([group, members]) =>
    group === undefined ? (
      members.map(draw)
    ) : (
      <Combobox.Group key={group} label={group}>
        {members.map(draw)}
      </Combobox.Group>
    ),
  );
}

/** A filter by one or several values of a list that can be searched. Choosing a value again takes it away. */
export function FilterSelect(props: FilterSelectProps) {
  const { label, options, values, onChange, multiple = false, nothingFound = 'Nothing found', onSearch } = props;
  const [text, setText] = useState('');
  const search = (next: string) => {
    setText(next);
    onSearch?.(next);
  };
  const store = useCombobox({
    onDropdownClose: (source) => {
      store.resetSelectedOption();
      search('');
      // Closed by a click elsewhere, the keyboard belongs to what was clicked.
      if (source === 'keyboard') store.focusTarget();
    },
    onDropdownOpen: () => store.focusSearchInput(),
  });
  const words = text.trim().toLowerCase();
  const shown = onSearch ? options : options.filter((option) => option.label.toLowerCase().includes(words));
  const choose = (value: string) => {
    const without = values.filter((item) => item !== value);
    const added = without.length < values.length ? without : multiple ? [...values, value] : [value];
    onChange(added);
    if (!multiple) store.closeDropdown('keyboard');
  };
  return (
    <Combobox store={store} shadow="md" width={280} position="bottom-start" onOptionSubmit={choose}>
      <Combobox.DropdownTarget>
        <FilterButton
          label={label}
          chosen={inWords(options, values)}
          active={values.length > 0}
          onClick={() => store.toggleDropdown()}
          ref={(node) => {
            store.targetRef.current = node;
          }}
          aria-haspopup="dialog"
          aria-expanded={store.dropdownOpened}
        />
      </Combobox.DropdownTarget>
      <Popover.Dropdown role="dialog" aria-label={label} className={classes.dropdown}>
        <Combobox.Search
          role="combobox"
          aria-expanded
          aria-autocomplete="list"
          aria-label={`Search ${label.toLowerCase()}`}
          classNames={{ input: classes.search }}
          placeholder="Search…"
          value={text}
          onChange={(event) => {
            search(event.currentTarget.value);
            store.updateSelectedOptionIndex();
          }}
        />
        <Combobox.Options aria-label={label} aria-multiselectable={multiple} className={classes.options}>
          {grouped(shown, ({ value, label: name }) => {
            const chosen = values.includes(value);
            return (
              <Combobox.Option key={value} value={value} active={chosen} aria-selected={chosen}>
                <span className={classes.option}>
                  <bdi className={classes.name}>{name}</bdi>
                  {chosen && <IconCheck size={14} aria-hidden />}
                </span>
              </Combobox.Option>
            );
          })}
          {shown.length === 0 && <Combobox.Empty>{nothingFound}</Combobox.Empty>}
        </Combobox.Options>
      </Popover.Dropdown>
    </Combobox>
  );
}
