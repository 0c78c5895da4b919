'use client';

import { Badge } from '@mantine/core';

const COLOURS: Readonly<Record<string, string>> = {
  New: 'gray',
  Contacted: 'blue',
  Replied: 'indigo',
  Qualified: 'cyan',
  Booked: 'teal',
  Nurture: 'grape',
  'Not interested': 'orange',
  'Opted out': 'red',
  'Closed won': 'green',
  'Closed lost': 'red',
};

const LONGEST = 20;

/** Where a lead stands; a word that a sync brought is shown as it came. */
export function StatusBadge({ status }: { readonly status: string }) {
  return (
    <Badge
      variant="light"
      color={COLOURS[status] ?? 'gray'}
      tt="none"
      fw={550}
      // A word of ours is never cut; one that a sync brought may be a sentence.
      {...(status.length <= LONGEST ? { miw: 'max-content' } : { maw: '11rem', title: status })}
    >
      <bdi>{status}</bdi>
    </Badge>
  );
}
