'use client';

import { Paper, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { LoadError } from './states.tsx';
import classes from './table-paper.module.css';
import { TableSkeleton } from './table-skeleton.tsx';

/** The head of a column; null for one of actions, `roomy` for one that gives way on a phone. */
type Column = string | null | { readonly label: string; readonly roomy: true };

/** For the cells of a column that gives way on a phone. */
export const roomy = classes.roomy;

/** For what takes the place of such a cell, within another one. */
export const compact = classes.compact;

interface TablePaperProps<Row> {
  readonly query: {
    readonly data: readonly Row[] | undefined;
    readonly error: unknown;
    readonly isError: boolean;
    readonly isFetching: boolean;
    readonly refetch: () => unknown;
  };
  /** What the rows are: `service keys`. */
  readonly what: string;
  readonly columns: readonly Column[];
  readonly row: (row: Row) => ReactNode;
  /** Shown when there are none. */
  readonly empty: ReactNode;
}

/** A table of everything there is, with its loading, error and empty states. */
export function TablePaper<Row>({ query, what, columns, row, empty }: TablePaperProps<Row>) {
  const { data } = query;
  if (query.isError && !data) {
    return <LoadError error={query.error} what={what} onRetry={query.refetch} retrying={query.isFetching} />;
  }
  return (
    <Paper withBorder className={classes.paper}>
      {!data && <TableSkeleton what={what} />}
      {data?.length === 0 && empty}
      {data && data.length > 0 && (
        <Table.ScrollContainer minWidth={340} scrollAreaProps={{ type: 'auto', offsetScrollbars: 'present' }}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                {columns.map((column) =>
                  column === null ? (
                    <Table.Td key="actions" />
                  ) : typeof column === 'string' ? (
                    <Table.Th key={column}>{column}</Table.Th>
                  ) : (
                    <Table.Th key={column.label} className={roomy}>
                      {column.label}
                    </Table.Th>
                  ),
                )}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>{data.map(row)}</Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Paper>
  );
}
