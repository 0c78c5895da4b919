'use client';

import { Badge, Button, Group, Menu, Switch, Table, Text } from '@mantine/core';
import { IconBell, IconDots } from '@tabler/icons-react';
import { useState } from 'react';
import { kindSpec, type RuleView } from '#domain/alert.ts';
import { usePermission } from '../../session/session.tsx';
import { useNow } from '../../time/use-now.ts';
import { When } from '../../time/when.tsx';
import { trpc } from '../../trpc/client.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Nothing } from '../../ui/states.tsx';
import { roomy, TablePaper } from '../../ui/table-paper.tsx';
import { toastDone, toastError } from '../../ui/toast.ts';
import classes from './alerts.module.css';
import { MUTES } from './mutes.ts';
import { RuleDialog } from './rule-dialog.tsx';
import { paramsInWords, quietInWords } from './rule-words.ts';
import { SeverityBadge } from './severity-badge.tsx';

/** Every rule of the workspace. */
export function RulesTab() {
  const rules = trpc.alerts.rules.useQuery();
  const channels = trpc.alerts.channels.useQuery();
  const mayManage = usePermission('alerts:manage');
  const [editing, setEditing] = useState<RuleView>();
  const [removing, setRemoving] = useState<RuleView>();
  const toldOf = ({ allChannels, channelIds }: RuleView) => {
    const all = channels.data ?? [];
    const told = allChannels ? all : all.filter(({ id }) => channelIds.includes(id));
    return told.length === 0 ? 'In the app' : `In the app, ${told.map(({ name }) => name).join(', ')}`;
  };
  return (
    <>
      <TablePaper
        query={rules}
        what="the rules"
        columns={['Rule', { label: 'When', roomy: true }, { label: 'Told', roomy: true }, 'On', null]}
        empty={<Nothing icon={<IconBell size={26} aria-hidden />} title="No rules" description="Add one." />}
        row={(rule) => (
          <Table.Tr key={rule.id}>
            <Table.Td>
              <Group gap={8}>
                <Text fw={530}>{rule.name}</Text>
                <SeverityBadge severity={rule.severity} isOver={!rule.enabled} />
              </Group>
              <Text size="xs" c="dimmed">
                {kindSpec(rule.kind).description}
              </Text>
              <Text size="xs" className={classes.narrow}>
                {paramsInWords(rule)}
              </Text>
              <RuleState rule={rule} />
            </Table.Td>
            <Table.Td className={roomy}>
              <Text size="sm">{paramsInWords(rule)}</Text>
              <Text size="xs" c="dimmed">
                {[quietInWords(rule.quiet), rule.sources.length > 0 && `Only ${rule.sources.join(', ')}`]
                  .filter(Boolean)
                  .join(' · ')}
              </Text>
            </Table.Td>
            <Table.Td className={roomy}>
              <Text size="sm">{toldOf(rule)}</Text>
            </Table.Td>
            <Table.Td>
              <OnOff rule={rule} isDisabled={!mayManage} />
            </Table.Td>
            <Table.Td>
              {mayManage && <RuleMenu rule={rule} onEdit={() => setEditing(rule)} onRemove={() => setRemoving(rule)} />}
            </Table.Td>
          </Table.Tr>
        )}
      />
      {editing && <RuleDialog key={editing.id} rule={editing} onClose={() => setEditing(undefined)} />}
      <RemoveRule rule={removing} onClose={() => setRemoving(undefined)} />
    </>
  );
}

function RuleState({ rule }: { readonly rule: RuleView }) {
  const now = useNow();
  return (
    <>
      {rule.mutedUntil && new Date(rule.mutedUntil) > now && (
        <Badge size="sm" variant="light" color="gray" tt="none">
          muted, ends <When at={rule.mutedUntil} />
        </Badge>
      )}
      {rule.lastError && (
        <Text size="xs" c="var(--mantine-color-error)">
          Cannot be evaluated: {rule.lastError}
        </Text>
      )}
    </>
  );
}

function useRulesChanged(): () => void {
  const utils = trpc.useUtils();
  return () => void utils.alerts.invalidate();
}

function OnOff({ rule, isDisabled }: { readonly rule: RuleView; readonly isDisabled: boolean }) {
  const onSettled = useRulesChanged();
  const enable = trpc.alerts.enableRule.useMutation({
    onError: (error) => toastError('Not changed', error),
    onSettled,
  });
  const shown = enable.isPending ? enable.variables.enabled : rule.enabled;
  return (
    <Switch
      checked={shown}
      disabled={isDisabled}
      onChange={(event) => enable.mutate({ id: rule.id, enabled: event.currentTarget.checked })}
      aria-label={`${rule.name} is on`}
    />
  );
}

interface RuleMenuProps {
  readonly rule: RuleView;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

function RuleMenu({ rule, onEdit, onRemove }: RuleMenuProps) {
  const onSettled = useRulesChanged();
  const mute = trpc.alerts.muteRule.useMutation({ onError: (error) => toastError('Not muted', error), onSettled });
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      <Button size="compact-sm" variant="default" onClick={onEdit} aria-label={`Edit ${rule.name}`}>
        Edit
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="compact-sm" variant="default" px={6} aria-label={`More for ${rule.name}`}>
            <IconDots size={16} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Mute</Menu.Label>
          {MUTES.map(({ minutes, label }) => (
            <Menu.Item key={minutes} onClick={() => mute.mutate({ id: rule.id, minutes })}>
              {label}
            </Menu.Item>
          ))}
          {rule.mutedUntil && (
            <Menu.Item onClick={() => mute.mutate({ id: rule.id, minutes: 0 })}>Not any more</Menu.Item>
          )}
          {!rule.isDefault && (
            <>
              <Menu.Divider />
              <Menu.Item color="red" onClick={onRemove}>
                Remove rule
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}

function RemoveRule({ rule, onClose }: { readonly rule: RuleView | undefined; readonly onClose: () => void }) {
  const changed = useRulesChanged();
  const remove = trpc.alerts.removeRule.useMutation({
    onSuccess: () => {
      toastDone('The rule is removed');
      changed();
      onClose();
    },
  });
  return (
    <ConfirmDialog
      opened={rule !== undefined}
      onClose={onClose}
      title={rule ? `Remove ${rule.name}?` : ''}
      action="Remove rule"
      onConfirm={() => rule && remove.mutate({ id: rule.id })}
      pending={remove.isPending}
      error={remove.error}
    >
      What it has opened ends with it. Past alerts stay.
    </ConfirmDialog>
  );
}
