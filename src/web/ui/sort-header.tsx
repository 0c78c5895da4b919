'use client';

import { Table, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconSelector } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Order } from '#domain/filter.ts';
import classes from './sort-header.module.css';

interface SortHeaderProps<Key extends string> {
  readonly column: Key;
  readonly sort: Key;
  readonly order: Order;
  /** The order of the first click. */
  readonly first?: Order;
  readonly onSort: (sort: Key, order: Order) => void;
  readonly children: ReactNode;
  readonly className?: string | undefined;
}

/** The head of a column that sorts the table; a second click turns the order round. */
export function SortHeader<Key extends string>(props: SortHeaderProps<Key>) {
  const { column, sort, order, first = 'asc', onSort, children, className } = props;
  const active = sort === column;
  const Icon = active ? (order === 'asc' ? IconArrowUp : IconArrowDown) : IconSelector;
  const other: Order = order === 'asc' ? 'desc' : 'asc';
  return (
    <Table.Th aria-sort={active ? (order === 'asc' ? 'ascending' : 'descending') : undefined} className={className}>
      <UnstyledButton className={classes.button} onClick={() => onSort(column, active ? other : first)}>
        {children}
        <Icon size={14} aria-hidden className={active ? undefined : classes.idle} />
      </UnstyledButton>
    </Table.Th>
  );
}
