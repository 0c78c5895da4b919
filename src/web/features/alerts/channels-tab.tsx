'use client';

import { Badge, Button, Code, Group, Menu, Table, Text } from '@mantine/core';
import { IconBrandSlack, IconDots } from '@tabler/icons-react';
import { useState } from 'react';
import type { ChannelView } from '#domain/alert.ts';
import { usePermission } from '../../session/session.tsx';
import { When } from '../../time/when.tsx';
import { trpc } from '../../trpc/client.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Nothing } from '../../ui/states.tsx';
import { roomy, TablePaper } from '../../ui/table-paper.tsx';
import { toastDone, toastError } from '../../ui/toast.ts';
import classes from './alerts.module.css';
import { ALERTS_REFRESH } from './alerts-params.ts';
import { ChannelDialog } from './channel-dialog.tsx';
import { ChannelSecret } from './channel-secret.tsx';
import { TestButton, TestResult } from './test-channel.tsx';

const TYPES = { slack: 'Slack', webhook: 'Webhook' } as const;

/** Where alerts are sent besides the app. */
export function ChannelsTab() {
  const channels = trpc.alerts.channels.useQuery(undefined, { refetchInterval: ALERTS_REFRESH });
  const mayManage = usePermission('alerts:manage');
  const [editing, setEditing] = useState<ChannelView>();
  const [removing, setRemoving] = useState<ChannelView>();
  return (
    <>
      <TablePaper
        query={channels}
        what="the channels"
        columns={['Channel', { label: 'State', roomy: true }, { label: 'Added', roomy: true }, null]}
        empty={
          <Nothing
            icon={<IconBrandSlack size={26} stroke={1.5} aria-hidden />}
            title="Alerts are shown in the app alone"
            description="Add a Slack channel by its incoming webhook, or any other address that takes JSON."
          />
        }
        row={(channel) => (
          <ChannelRow
            key={channel.id}
            channel={channel}
            mayManage={mayManage}
            onEdit={() => setEditing(channel)}
            onRemove={() => setRemoving(channel)}
          />
        )}
      />
      {editing && <ChannelDialog key={editing.id} channel={editing} onClose={() => setEditing(undefined)} />}
      <RemoveChannel channel={removing} onClose={() => setRemoving(undefined)} />
    </>
  );
}

interface ChannelRowProps {
  readonly channel: ChannelView;
  readonly mayManage: boolean;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

function ChannelRow({ channel, mayManage, onEdit, onRemove }: ChannelRowProps) {
  const utils = trpc.useUtils();
  const test = trpc.alerts.testChannel.useMutation({ onError: (error) => toastError('Not tested', error) });
  const update = trpc.alerts.updateChannel.useMutation({
    onError: (error) => toastError('Not changed', error),
    onSettled: () => void utils.alerts.invalidate(),
  });
  const rotate = trpc.alerts.rotateChannelSecret.useMutation({
    onError: (error) => toastError('No new secret', error),
  });
  return (
    <Table.Tr>
      <Table.Td>
        <Text fw={530}>{channel.name}</Text>
        <Text size="xs" c="dimmed">
          {TYPES[channel.type]} <Code>{channel.shownUrl}/…</Code>
        </Text>
        <div className={classes.narrow}>
          <ChannelState channel={channel} />
        </div>
        {test.data && <TestResult result={test.data} />}
      </Table.Td>
      <Table.Td className={roomy}>
        <ChannelState channel={channel} />
      </Table.Td>
      <Table.Td className={roomy}>
        <When at={channel.createdAt} />
        <Text size="xs" c="dimmed">
          {channel.createdBy}
        </Text>
      </Table.Td>
      <Table.Td>
        {mayManage && (
          <Group gap={6} justify="flex-end" wrap="nowrap">
            <TestButton name={channel.name} loading={test.isPending} onClick={() => test.mutate({ id: channel.id })} />
            <Menu position="bottom-end">
              <Menu.Target>
                <Button size="compact-sm" variant="default" px={6} aria-label={`More for ${channel.name}`}>
                  <IconDots size={16} aria-hidden />
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={onEdit}>Edit</Menu.Item>
                <Menu.Item onClick={() => update.mutate({ id: channel.id, enabled: !channel.enabled })}>
                  {channel.enabled ? 'Switch off' : 'Switch on'}
                </Menu.Item>
                {channel.type === 'webhook' && (
                  <Menu.Item onClick={() => rotate.mutate({ id: channel.id })}>New secret</Menu.Item>
                )}
                <Menu.Divider />
                <Menu.Item color="red" onClick={onRemove}>
                  Remove channel
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </Group>
        )}
        {rotate.data && <ChannelSecret created={rotate.data} onClose={() => rotate.reset()} />}
      </Table.Td>
    </Table.Tr>
  );
}

function ChannelState({ channel }: { readonly channel: ChannelView }) {
  const { enabled, failures, lastError, lastOkAt, waiting } = channel;
  const [colour, label] = !enabled ? ['gray', 'Off'] : failures > 0 ? ['red', 'Failing'] : ['teal', 'On'];
  return (
    <>
      <Badge variant="light" color={colour} tt="none" fw={550}>
        {label}
      </Badge>
      {enabled && failures > 0 && (
        <Text size="xs" c="var(--mantine-color-error)" className={classes.reason}>
          {lastError}
        </Text>
      )}
      {waiting > 0 && (
        <Text size="xs" c="dimmed">
          {waiting === 1 ? '1 message waits' : `${waiting} messages wait`}
        </Text>
      )}
      {enabled && failures === 0 && lastOkAt && (
        <Text size="xs" c="dimmed">
          {'Last message '}
          <When at={lastOkAt} />
        </Text>
      )}
    </>
  );
}

function RemoveChannel({
  channel,
  onClose,
}: {
  readonly channel: ChannelView | undefined;
  readonly onClose: () => void;
}) {
  const utils = trpc.useUtils();
  const remove = trpc.alerts.removeChannel.useMutation({
    onSuccess: () => {
      toastDone('The channel is removed');
      void utils.alerts.invalidate();
      onClose();
    },
  });
  return (
    <ConfirmDialog
      opened={channel !== undefined}
      onClose={onClose}
      title={channel ? `Remove ${channel.name}?` : ''}
      action="Remove channel"
      onConfirm={() => channel && remove.mutate({ id: channel.id })}
      pending={remove.isPending}
      error={remove.error}
    >
      Nothing is sent there any more, and what waits for it is forgotten. Its address cannot be read again.
    </ConfirmDialog>
  );
}
