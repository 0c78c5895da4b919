'use client';

import { Anchor, Group, Paper, Text, Title } from '@mantine/core';
import { useId } from 'react';
import { When } from '../../time/when.tsx';
import { trpc } from '../../trpc/client.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { LeadLink } from '../../ui/lead-link.tsx';
import { LoadError } from '../../ui/states.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { StatusBadge } from '../leads/status-badge.tsx';
import classes from './home.module.css';

const SHOWN = 10;
const REFRESH = 30_000;

interface LeadsCardProps {
  readonly title: string;
  /** Only leads that this person owns. */
  readonly ownerId?: string | undefined;
}

/** The leads with the newest activity. */
export function LeadsCard({ title, ownerId }: LeadsCardProps) {
  const id = useId();
  const leads = trpc.leads.list.useQuery({ limit: SHOWN, ...(ownerId && { ownerId }) }, { refetchInterval: REFRESH });
  const all = ownerId ? `/leads?owner=${ownerId}` : '/leads';
  return (
    <Paper component="section" withBorder className={classes.paper} aria-labelledby={id}>
      <Group justify="space-between" px="md" pt="md" pb={6}>
        <Title order={2} id={id}>
          {title}
        </Title>
        <Anchor component={AppLink} href={all} size="sm">
          All
        </Anchor>
      </Group>
      {leads.isPending && <TableSkeleton what="leads" />}
      {leads.isError && !leads.data && (
        <LoadError error={leads.error} what="leads" onRetry={leads.refetch} retrying={leads.isFetching} />
      )}
      {leads.data?.rows.length === 0 && (
        <Text size="sm" c="dimmed" px="md" pb="md">
          None yet.
        </Text>
      )}
      {leads.data?.rows.map((lead) => (
        <div key={lead.id} className={classes.lead}>
          <div className={classes.name}>
            <LeadLink lead={lead} fw={530} truncate display="block" />
            <Text size="xs" c="dimmed" truncate>
              {lead.company ?? lead.email}
            </Text>
          </div>
          <StatusBadge status={lead.status} />
          <Text size="xs" c="dimmed" className={classes.when}>
            {lead.lastActivityAt ? <When at={lead.lastActivityAt} /> : 'Never'}
          </Text>
        </div>
      ))}
    </Paper>
  );
}
