'use client';

import { Badge, Button, Group, Menu, Paper, Text } from '@mantine/core';
import { IconBellOff, IconCheck, IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { type AlertView, kindSpec } from '#domain/alert.ts';
import { usePermission } from '../../session/session.tsx';
import { useNow } from '../../time/use-now.ts';
import { When } from '../../time/when.tsx';
import { trpc } from '../../trpc/client.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { toastError } from '../../ui/toast.ts';
import classes from './alerts.module.css';
import { Deliveries } from './deliveries.tsx';
import { MUTES } from './mutes.ts';
import { SeverityBadge } from './severity-badge.tsx';

/** One alert: what was seen and expected, who sees to it, and who was told. */
export function AlertCard({ alert }: { readonly alert: AlertView }) {
  const [showsDeliveries, setShowsDeliveries] = useState(false);
  const isOpen = alert.state === 'open';
  return (
    <Paper
      withBorder
      p="md"
      component="article"
      aria-label={`${alert.title}: ${alert.subject}`}
      className={classes.card ?? ''}
    >
      <Group justify="space-between" align="flex-start" gap="xs">
        <div className={classes.words}>
          <Group gap={8}>
            <SeverityBadge severity={alert.severity} isOver={!isOpen} />
            <Text fw={560} component="h2" size="md">
              {alert.title}
            </Text>
          </Group>
          <Text size="xs" c="dimmed" mt={2}>
            {kindSpec(alert.kind).label}
            {' · '}
            <Times alert={alert} />
          </Text>
        </div>
        {isOpen && <Actions alert={alert} />}
      </Group>
      <dl className={classes.facts}>
        {alert.facts.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Text size="sm">{alert.summary}</Text>
      <Group gap="xs" mt="xs">
        {alert.path && (
          <Button component={AppLink} href={alert.path} size="compact-sm" variant="light">
            Look at it
          </Button>
        )}
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          aria-expanded={showsDeliveries}
          onClick={() => setShowsDeliveries(!showsDeliveries)}
        >
          Who was told
        </Button>
      </Group>
      {showsDeliveries && <Deliveries alertId={alert.id} />}
    </Paper>
  );
}

function Times({ alert }: { readonly alert: AlertView }) {
  const now = useNow();
  return (
    <>
      {'opened '}
      <When at={alert.openedAt} />
      {alert.resolvedAt && (
        <>
          {', resolved '}
          <When at={alert.resolvedAt} />
        </>
      )}
      {alert.acknowledgedBy && ` · ${alert.acknowledgedBy} sees to it`}
      {alert.state === 'open' && alert.mutedUntil && new Date(alert.mutedUntil) > now && (
        <>
          {' · '}
          <Badge size="xs" variant="light" color="gray" tt="none">
            muted, ends <When at={alert.mutedUntil} />
          </Badge>
        </>
      )}
    </>
  );
}

function Actions({ alert }: { readonly alert: AlertView }) {
  const mayManage = usePermission('alerts:manage');
  const utils = trpc.useUtils();
  const onSettled = () => void utils.alerts.invalidate();
  const acknowledge = trpc.alerts.acknowledge.useMutation({
    onError: (error) => toastError('Not acknowledged', error),
    onSettled,
  });
  const mute = trpc.alerts.mute.useMutation({ onError: (error) => toastError('Not muted', error), onSettled });
  const now = useNow();
  if (!mayManage) return null;
  const isMuted = alert.mutedUntil !== null && new Date(alert.mutedUntil) > now;
  return (
    <Group gap={6} wrap="nowrap">
      {!alert.acknowledgedAt && (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconCheck size={14} aria-hidden />}
          loading={acknowledge.isPending}
          onClick={() => acknowledge.mutate({ id: alert.id })}
          aria-label={`Acknowledge ${alert.title}: ${alert.subject}`}
        >
          Acknowledge
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconBellOff size={14} aria-hidden />}
            rightSection={<IconChevronDown size={14} aria-hidden />}
            loading={mute.isPending}
            aria-label={`Mute ${alert.title}: ${alert.subject}`}
          >
            Mute
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {MUTES.map(({ minutes, label }) => (
            <Menu.Item key={minutes} onClick={() => mute.mutate({ id: alert.id, minutes })}>
              {label}
            </Menu.Item>
          ))}
          {isMuted && <Menu.Item onClick={() => mute.mutate({ id: alert.id, minutes: 0 })}>Not any more</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
