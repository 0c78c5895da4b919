'use client';

import { Alert, Anchor, Badge, Breadcrumbs, Group, Modal, Tabs, Text } from '@mantine/core';
import { useDebouncedCallback, useDisclosure, useDocumentTitle } from '@mantine/hooks';
import { useQueryStates } from 'nuqs';
import { leadName } from '#domain/lead.ts';
import type { LeadView } from '#domain/lead-view.ts';
import { usePermission } from '../../session/session.tsx';
import { trpc } from '../../trpc/client.ts';
import { errorCode } from '../../trpc/errors.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { NotFound } from '../../ui/not-found.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { LoadError, NoPermission } from '../../ui/states.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { Timeline } from '../timeline/timeline.tsx';
import { LEAD_TABS, leadParams } from '../timeline/timeline-params.ts';
import { LeadActionsBar } from './lead-actions.tsx';
import { LeadNotes } from './lead-notes.tsx';
import { LeadOverview } from './lead-overview.tsx';
import classes from './lead-page.module.css';
import { NoteForm } from './note-form.tsx';
import { StatusBadge } from './status-badge.tsx';
import { useLeadActions } from './use-lead-actions.ts';

const TAB_LABELS = { overview: 'Overview', activity: 'Activity', notes: 'Notes' } as const;

/** A burst of activities is one reading of the lead they are about, this many milliseconds after the last. */
const SETTLED = 400;

/** One lead: who it is, its whole history, and what can be done. */
export function LeadPage({ id }: { readonly id: string }) {
  const mayRead = usePermission('leads:read');
  const query = trpc.leads.byId.useQuery({ id }, { enabled: mayRead });
  if (!mayRead) return <NoPermission what="leads" />;
  if (query.data) return <Lead lead={query.data} />;
  if (query.isError && errorCode(query.error) === 'NOT_FOUND') return <NotFound />;
  if (query.isError) {
    return <LoadError error={query.error} what="this lead" onRetry={query.refetch} retrying={query.isFetching} />;
  }
  return <TableSkeleton what="the lead" />;
}

function Lead({ lead }: { readonly lead: LeadView }) {
  const name = leadName(lead);
  const mayWrite = usePermission('leads:write');
  const mayReadTimeline = usePermission('timeline:read');
  const [{ tab }, setState] = useQueryStates(leadParams, { history: 'push' });
  const [noting, note] = useDisclosure();
  const actions = useLeadActions(lead);
  const utils = trpc.useUtils();
  useDocumentTitle(`${name} · Historybook`);
  // An activity may have changed the lead itself: its status, its owner, its notes.
  const onActivity = useDebouncedCallback(() => {
    void utils.leads.byId.invalidate({ id: lead.id });
    void utils.leads.notes.invalidate({ leadId: lead.id });
  }, SETTLED);
  const tabs = LEAD_TABS.filter((item) => item !== 'activity' || mayReadTimeline);
  return (
    <>
      <Breadcrumbs mb={6} separatorMargin={6}>
        <Anchor component={AppLink} href="/leads" size="sm">
          Leads
        </Anchor>
        <Text size="sm" c="dimmed" className={classes.crumb}>
          <bdi>{name}</bdi>
        </Text>
      </Breadcrumbs>
      <PageHeader
        title={<Foreign text={name} lines={3} />}
        lead={
          <Group gap={8} className={classes.summary}>
            <StatusBadge status={lead.status} />
            {lead.archivedAt && (
              <Badge variant="default" tt="none" fw={550}>
                Archived
              </Badge>
            )}
            <span className={classes.long}>
              {[
                [lead.title, lead.company].filter(Boolean).join(', '),
                lead.owner ? `owned by ${lead.owner.name}` : 'nobody owns this lead',
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </Group>
        }
        actions={mayWrite && <LeadActionsBar lead={lead} actions={actions} onAddNote={note.open} />}
      />
      {lead.archivedAt && (
        <Alert color="gray" mb="md">
          This lead is archived. Its history stays, and what still happens to it is recorded.
        </Alert>
      )}
      <Tabs
        value={tab}
        onChange={(value) => {
          const next = LEAD_TABS.find((item) => item === value);
          if (next) void setState({ tab: next, q: null, category: null });
        }}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {tabs.map((item) => (
            <Tabs.Tab key={item} value={item}>
              {TAB_LABELS[item]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="overview">
          <LeadOverview lead={lead} actions={mayWrite ? actions : undefined} onActivity={onActivity} />
        </Tabs.Panel>
        {mayReadTimeline && (
          <Tabs.Panel value="activity">
            <Timeline leadId={lead.id} onActivity={onActivity} />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="notes">
          <LeadNotes leadId={lead.id} mayWrite={mayWrite && lead.archivedAt === null} />
        </Tabs.Panel>
      </Tabs>
      <Modal opened={noting} onClose={note.close} title={<>Note about {<bdi>{name}</bdi>}</>}>
        <NoteForm leadId={lead.id} onDone={note.close} autoFocus />
      </Modal>
    </>
  );
}
