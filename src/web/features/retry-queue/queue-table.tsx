'use client';

import { Checkbox, Table } from '@mantine/core';
import { MAX_NAMED, type QuarantineState, type QuarantineView } from '#domain/quarantine.ts';
import type { DiscardTarget } from './discard-dialog.tsx';
import classes from './queue.module.css';
import { QueueRow } from './queue-row.tsx';

const NEXT: Readonly<Record<QuarantineState, string>> = {
  waiting: 'Next try',
  replayed: 'Replayed',
  discarded: 'Discarded',
};

interface QueueTableProps {
  readonly state: QuarantineState;
  readonly rows: readonly QuarantineView[];
  /** Ids; only what waits can be selected. */
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (selected: ReadonlySet<string>) => void;
  readonly onDiscard: (target: DiscardTarget) => void;
}

/** The entries of a state; those that wait can be selected, to do something to several of them at once. */
export function QueueTable({ state, rows, selected, onSelect, onDiscard }: QueueTableProps) {
  const canSelect = state === 'waiting';
  /** More cannot be named one by one; for those there are filters. */
  const selectable = rows.slice(0, MAX_NAMED);
  const shown = rows.filter(({ id }) => selected.has(id)).length;
  const areAll = shown >= selectable.length;
  const select = (id: string, isSelected: boolean) => {
    const next = new Set(selected);
    if (isSelected) next.add(id);
    else next.delete(id);
    onSelect(next);
  };
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          {canSelect && (
            <Table.Th className={classes.select}>
              <Checkbox
                size="xs"
                aria-label={
                  selectable.length < rows.length
                    ? `Select the first ${MAX_NAMED.toLocaleString('en')}`
                    : 'Select all that are shown'
                }
                checked={areAll}
                indeterminate={shown > 0 && !areAll}
                onChange={() => onSelect(new Set(areAll ? [] : selectable.map(({ id }) => id)))}
              />
            </Table.Th>
          )}
          <Table.Th>Event</Table.Th>
          <Table.Th className={classes.roomy}>Why</Table.Th>
          <Table.Th className={classes.roomy}>Received</Table.Th>
          <Table.Th className={classes.roomy}>{NEXT[state]}</Table.Th>
          <Table.Td />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((entry) => (
          <QueueRow
            key={entry.id}
            entry={entry}
            onDiscard={onDiscard}
            {...(canSelect && {
              select: { isSelected: selected.has(entry.id), set: (next) => select(entry.id, next) },
            })}
          />
        ))}
      </Table.Tbody>
    </Table>
  );
}
