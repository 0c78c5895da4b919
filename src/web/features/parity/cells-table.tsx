'use client';

import { Anchor, Button, Group, Table, Text } from '@mantine/core';
import { useState } from 'react';
import type { ParityCell, ParityKind } from '#domain/parity.ts';
import { useTypes } from '../activity/use-types.ts';
import classes from './parity.module.css';

interface CellsTableProps {
  readonly cells: readonly ParityCell[];
  readonly onShow: (cell: ParityCell, kind: ParityKind) => void;
}

const PAGE = 100;

/** What the older system has and what of it the book has, by day, type and source. Its numbers open to the records. */
export function CellsTable({ cells, onShow }: CellsTableProps) {
  const { show } = useTypes();
  const [shown, setShown] = useState(PAGE);
  return (
    <>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Day</Table.Th>
            <Table.Th>Type</Table.Th>
            <Table.Th className={classes.roomy}>Source</Table.Th>
            <Table.Th className={classes.number}>In the file</Table.Th>
            <Table.Th className={`${classes.number} ${classes.roomy}`}>In both</Table.Th>
            <Table.Th className={classes.number}>Missing</Table.Th>
            <Table.Th className={`${classes.number} ${classes.roomy}`}>Different</Table.Th>
            <Table.Th className={`${classes.number} ${classes.roomy}`}>Book alone</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {cells.slice(0, shown).map((cell) => {
            const open = (kind: ParityKind) => () => onShow(cell, kind);
            return (
              <Table.Tr key={`${cell.day} ${cell.type} ${cell.source}`}>
                <Table.Td style={{ whiteSpace: 'nowrap' }}>{cell.day}</Table.Td>
                <Table.Td>
                  {show(cell.type).label}
                  <Text size="xs" c="dimmed" className={`${classes.narrow} ${classes.source}`}>
                    {cell.source}
                  </Text>
                </Table.Td>
                <Table.Td className={`${classes.roomy} ${classes.source}`}>{cell.source}</Table.Td>
                <Table.Td className={classes.number}>{cell.records.toLocaleString('en')}</Table.Td>
                <Table.Td className={`${classes.number} ${classes.roomy}`}>{cell.found.toLocaleString('en')}</Table.Td>
                <Table.Td className={classes.number} data-bad={cell.missing > 0 || undefined}>
                  <Count value={cell.missing} what={`missing on ${cell.day}`} onOpen={open('missing')} />
                </Table.Td>
                <Table.Td className={`${classes.number} ${classes.roomy}`}>
                  <Count value={cell.different} what={`different on ${cell.day}`} onOpen={open('different')} />
                </Table.Td>
                <Table.Td className={`${classes.number} ${classes.roomy}`}>
                  <Count value={cell.extra} what={`in the book alone on ${cell.day}`} onOpen={open('extra')} />
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
      {cells.length > shown && (
        <Group justify="center" p="sm">
          <Button variant="default" onClick={() => setShown(shown + PAGE)}>
            {`Show more of ${cells.length.toLocaleString('en')}`}
          </Button>
        </Group>
      )}
    </>
  );
}

interface CountProps {
  readonly value: number;
  readonly what: string;
  readonly onOpen: () => void;
}

function Count({ value, what, onOpen }: CountProps) {
  if (value === 0) return '0';
  const text = value.toLocaleString('en');
  return (
    <Anchor
      component="button"
      type="button"
      inherit
      underline="always"
      c="inherit"
      onClick={onOpen}
      aria-label={`Show the ${text} ${what}`}
    >
      {text}
    </Anchor>
  );
}
