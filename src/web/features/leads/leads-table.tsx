'use client';

import { Table, Text } from '@mantine/core';
import { useRouter } from 'next/navigation';
import type { MouseEvent } from 'react';
import type { Order } from '#domain/filter.ts';
import type { LeadSort } from '#domain/lead-query.ts';
import type { LeadView } from '#domain/lead-view.ts';
import { When } from '../../time/when.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { LeadLink } from '../../ui/lead-link.tsx';
import { SortHeader } from '../../ui/sort-header.tsx';
import classes from './leads-page.module.css';
import { StatusBadge } from './status-badge.tsx';

interface LeadsTableProps {
  readonly leads: readonly LeadView[];
  readonly sort: LeadSort;
  readonly order: Order;
  readonly onSort: (sort: LeadSort, order: Order) => void;
}

function Row({ lead }: { readonly lead: LeadView }) {
  const router = useRouter();
  // The name is the link that everybody uses; the rest of the row is a larger target for the mouse.
  const open = (event: MouseEvent) => {
    if (event.target instanceof Element && event.target.closest('a, button')) return;
    if (window.getSelection()?.isCollapsed === false) return;
    router.push(`/leads/${lead.id}`);
  };
  return (
    <Table.Tr onClick={open} className={classes.row}>
      <Table.Td>
        <LeadLink lead={lead} to="overview" fw={530} className={classes.name} />
        <Text size="xs" c="dimmed" component="div">
          <Foreign text={[lead.title, lead.company].filter(Boolean).join(', ') || (lead.email ?? '')} lines={2} cell />
        </Text>
        <div className={classes.phone}>
          <StatusBadge status={lead.status} />
        </div>
      </Table.Td>
      <Table.Td className={classes.medium}>
        <StatusBadge status={lead.status} />
      </Table.Td>
      <Table.Td className={`${classes.number} ${classes.medium}`}>{lead.score ?? '–'}</Table.Td>
      <Table.Td className={classes.wide}>
        {lead.campaigns.length > 0 ? (
          <Text size="sm" lineClamp={1} className={classes.breaks} dir="auto">
            {lead.campaigns.map(({ campaignName }) => campaignName).join(', ')}
          </Text>
        ) : (
          <Text size="sm" c="dimmed">
            –
          </Text>
        )}
      </Table.Td>
      <Table.Td className={classes.wide}>
        {lead.owner ? (
          <Foreign text={lead.owner.name} lines={2} />
        ) : (
          <Text size="sm" c="dimmed">
            Nobody
          </Text>
        )}
      </Table.Td>
      <Table.Td className={classes.when}>
        {lead.lastActivityAt ? (
          <When at={lead.lastActivityAt} />
        ) : (
          <Text size="sm" c="dimmed">
            Never
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

/** Leads as a table; a click on a row opens the lead. */
export function LeadsTable({ leads, sort, order, onSort }: LeadsTableProps) {
  const head = { sort, order, onSort };
  return (
    <Table highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <SortHeader column="name" {...head}>
            Lead
          </SortHeader>
          <SortHeader column="status" className={classes.medium} {...head}>
            Status
          </SortHeader>
          <SortHeader column="score" first="desc" className={classes.medium} {...head}>
            Score
          </SortHeader>
          <Table.Th className={classes.wide}>Campaigns</Table.Th>
          <Table.Th className={classes.wide}>Owner</Table.Th>
          <SortHeader column="lastActivityAt" first="desc" {...head}>
            Last activity
          </SortHeader>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {leads.map((lead) => (
          <Row key={lead.id} lead={lead} />
        ))}
      </Table.Tbody>
    </Table>
  );
}
