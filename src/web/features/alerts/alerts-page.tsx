'use client';

import { Alert, Badge, Button, Tabs } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQueryState } from 'nuqs';
import { useState } from 'react';
import { usePermission } from '../../session/session.tsx';
import { When } from '../../time/when.tsx';
import { trpc } from '../../trpc/client.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { NoPermission } from '../../ui/states.tsx';
import { AlertList } from './alert-list.tsx';
import { ALERT_TABS, ALERTS_REFRESH, type AlertTab, tabParam } from './alerts-params.ts';
import { ChannelDialog } from './channel-dialog.tsx';
import { ChannelsTab } from './channels-tab.tsx';
import { RuleDialog } from './rule-dialog.tsx';
import { RulesTab } from './rules-tab.tsx';

const LABELS: Readonly<Record<AlertTab, string>> = { open: 'Open', past: 'Past', rules: 'Rules', channels: 'Channels' };

/** What stands, what stood, by which rules, and who is told. */
export function AlertsPage() {
  return usePermission('ops:read') ? <Alerts /> : <NoPermission what="alerts" />;
}

function Alerts() {
  const [tab, setTab] = useQueryState('tab', tabParam.withOptions({ history: 'push' }));
  const mayManage = usePermission('alerts:manage');
  const summary = trpc.alerts.summary.useQuery(undefined, { refetchInterval: ALERTS_REFRESH });
  const [adding, setAdding] = useState<'rule' | 'channel'>();
  const added = tab === 'rules' ? 'rule' : tab === 'channels' ? 'channel' : undefined;
  return (
    <>
      <PageHeader
        title="Alerts"
        lead="Rules are evaluated twice a minute. What they find is shown here and by the bell, and sent to channels."
        actions={
          mayManage &&
          added && (
            <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(added)}>
              {added === 'rule' ? 'Add rule' : 'Add channel'}
            </Button>
          )
        }
      />
      {summary.data?.isStalled && summary.data.evaluatedAt && (
        <Alert color="red" title="Rules are not evaluated" mb="sm" role="alert">
          {'The last time was '}
          <When at={summary.data.evaluatedAt} />. What is shown may be old: look at the log of the server.
        </Alert>
      )}
      <Tabs
        value={tab}
        onChange={(next) => setTab(ALERT_TABS.find((known) => known === next) ?? 'open')}
        keepMounted={false}
      >
        <Tabs.List mb="sm">
          {ALERT_TABS.map((value) => (
            <Tabs.Tab
              key={value}
              value={value}
              rightSection={
                value === 'open' &&
                summary.data && (
                  <Badge size="sm" variant="light" color={summary.data.openCount > 0 ? 'red' : 'gray'}>
                    {summary.data.openCount}
                  </Badge>
                )
              }
            >
              {LABELS[value]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="open">
          <AlertList state="open" />
        </Tabs.Panel>
        <Tabs.Panel value="past">
          <AlertList state="resolved" />
        </Tabs.Panel>
        <Tabs.Panel value="rules">
          <RulesTab />
        </Tabs.Panel>
        <Tabs.Panel value="channels">
          <ChannelsTab />
        </Tabs.Panel>
      </Tabs>
      {adding === 'rule' && <RuleDialog rule={undefined} onClose={() => setAdding(undefined)} />}
      {adding === 'channel' && <ChannelDialog channel={undefined} onClose={() => setAdding(undefined)} />}
    </>
  );
}
