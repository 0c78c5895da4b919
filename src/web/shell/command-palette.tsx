'use client';

import { Button, Kbd, Text } from '@mantine/core';
import { useDebouncedValue, useOs } from '@mantine/hooks';
import { Spotlight, spotlight } from '@mantine/spotlight';
import { IconFileSearch, IconSearch, IconUser } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { leadName } from '#domain/lead.ts';
import { usePermission, useSession } from '../session/session.tsx';
import { trpc } from '../trpc/client.ts';
import classes from './command-palette.module.css';
import { navigationFor } from './navigation.ts';

const ICON = { size: 18, stroke: 1.6, 'aria-hidden': true } as const;
const LEADS_SHOWN = 6;
const DIALOG = { content: { 'aria-label': 'Search pages and leads' } };

/** Opens the palette; says that Ctrl or Cmd and K do the same. */
export function CommandPaletteButton() {
  return (
    <Button
      variant="default"
      size="compact-md"
      className={classes.button}
      leftSection={<IconSearch size={15} aria-hidden />}
      onClick={spotlight.open}
      aria-label="Search pages and leads"
      aria-keyshortcuts="Control+K Meta+K"
    >
      <Text span size="sm" c="dimmed" visibleFrom="md" mr={8}>
        Search
      </Text>
      <Kbd size="xs" visibleFrom="md">
        {useOs() === 'macos' ? '⌘ K' : 'Ctrl K'}
      </Kbd>
    </Button>
  );
}

/** Ctrl/Cmd-K: pages, leads by name, e-mail or phone, and a search of all activities. */
export function CommandPalette() {
  const router = useRouter();
  const { permissions } = useSession();
  const mayReadLeads = usePermission('leads:read');
  const mayReadActivities = usePermission('activity:read');
  const [query, setQuery] = useState('');
  const words = query.trim();
  const [settled] = useDebouncedValue(words, 200);
  const leads = trpc.leads.list.useQuery(
    { search: settled, limit: LEADS_SHOWN },
    { enabled: mayReadLeads && settled.length >= 2, placeholderData: (previous) => previous },
  );
  const pages = navigationFor(permissions)
    .flatMap((section) => section.items)
    .filter((item) => `${item.label} ${item.keywords ?? ''}`.toLowerCase().includes(words.toLowerCase()));
  const people = words.length >= 2 ? (leads.data?.rows ?? []) : [];
  // It comes last, and not before the leads: what Enter takes must not change under the fingers.
  const searchable = mayReadActivities && words.length >= 2 && !(mayReadLeads && leads.isPending);
  const go = (href: string) => () => router.push(href);
  return (
    <Spotlight.Root query={query} onQueryChange={setQuery} shortcut="mod + K" scrollable attributes={DIALOG}>
      <Spotlight.Search
        placeholder="Go to a page, find a lead…"
        aria-label="Search pages and leads"
        leftSection={<IconSearch {...ICON} />}
      />
      <Spotlight.ActionsList>
        {pages.length > 0 && (
          <Spotlight.ActionsGroup label="Pages">
            {pages.map((item) => (
              <Spotlight.Action
                key={item.href}
                label={item.label}
                leftSection={<item.icon {...ICON} />}
                onClick={go(item.href)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {people.length > 0 && (
          <Spotlight.ActionsGroup label="Leads">
            {people.map((lead) => (
              <Spotlight.Action
                key={lead.id}
                label={leadName(lead)}
                description={[lead.company, lead.email].filter(Boolean).join(' · ')}
                leftSection={<IconUser {...ICON} />}
                onClick={go(`/leads/${lead.id}?tab=activity`)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {searchable && (
          <Spotlight.ActionsGroup label="Activities">
            <Spotlight.Action
              label={`Search all activities for “${words}”`}
              leftSection={<IconFileSearch {...ICON} />}
              onClick={go(`/admin/activity-logs?${new URLSearchParams({ q: words, range: 'all' })}`)}
            />
          </Spotlight.ActionsGroup>
        )}
        {pages.length + people.length === 0 && !searchable && (
          <Spotlight.Empty>{leads.isFetching ? 'Searching…' : 'Nothing found'}</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
