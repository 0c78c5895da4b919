'use client';

import { Paper, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { LoadError } from './states.tsx';
import classes from './table-paper.module.css';
import { TableSkeleton } from './table-skeleton.tsx';

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
  readonly columns: readonly ReactNode[];
  readonly row: (row: Row) => ReactNode;
  /** Shown when there are none. */
  readonly empty: ReactNode;
}

/** A table of everything there is, with its loading, error and empty states. Columns without a head hold actions. */
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
        <Table.ScrollContainer minWidth={560} scrollAreaProps={{ type: 'auto' }}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                {columns.map((column, index) =>
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns never move
                  column === null ? <Table.Td key={index} /> : <Table.Th key={index}>{column}</Table.Th>,
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
