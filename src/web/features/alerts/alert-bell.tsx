'use client';

import { ActionIcon, Anchor, Button, Indicator, Popover, Stack, Text, VisuallyHidden } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBell } from '@tabler/icons-react';
import type { AlertView } from '#domain/alert.ts';
import { usePermission } from '../../session/session.tsx';
import { When } from '../../time/when.tsx';
import { trpc } from '../../trpc/client.ts';
import { errorSentence } from '../../trpc/errors.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { aboutOf } from './about.ts';
import classes from './alerts.module.css';
import { ALERTS_PATH, ALERTS_REFRESH } from './alerts-params.ts';
import { SeverityBadge } from './severity-badge.tsx';

/** Alerts wherever one is in the app: how many are new, and which. */
export function AlertBell() {
  return usePermission('ops:read') ? <Bell /> : null;
}

function Bell() {
  const [opened, { close, toggle }] = useDisclosure();
  const utils = trpc.useUtils();
  const { data, error } = trpc.alerts.summary.useQuery(undefined, { refetchInterval: ALERTS_REFRESH });
  const markRead = trpc.alerts.markRead.useMutation({ onSettled: () => void utils.alerts.summary.invalidate() });
  const unread = data?.unread ?? 0;
  const open = () => {
    toggle();
    if (!opened && unread > 0) markRead.mutate();
  };
  const label = unread > 0 ? `Alerts, ${unread} new` : 'Alerts';
  return (
    <Indicator label={unread > 99 ? '99+' : unread} size={16} color="red.8" disabled={unread === 0} offset={5}>
      <Popover
        opened={opened}
        onChange={(next) => !next && close()}
        position="bottom-end"
        width={340}
        trapFocus
        shadow="md"
      >
        <Popover.Target>
          <ActionIcon size="lg" variant="default" aria-label={label} onClick={open}>
            <IconBell size={17} stroke={1.7} aria-hidden />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown aria-label="Alerts" p="sm">
          <Stack gap="xs">
            {error && !data && <Text size="sm">{errorSentence(error)}</Text>}
            {data?.isStalled && (
              <Text size="sm" c="var(--mantine-color-error)">
                Rules are not evaluated at the moment.
              </Text>
            )}
            {data?.open.length === 0 && (
              <Text size="sm" c="dimmed">
                Nothing is wrong.
              </Text>
            )}
            {data && data.open.length > 0 && (
              <ul className={classes.bell}>
                {data.open.map((alert) => (
                  <BellRow key={alert.id} alert={alert} onOpen={close} />
                ))}
              </ul>
            )}
            <Button component={AppLink} href={ALERTS_PATH} variant="default" size="compact-md" onClick={close}>
              {data && data.openCount > data.open.length ? `All ${data.openCount} alerts` : 'All alerts'}
            </Button>
          </Stack>
        </Popover.Dropdown>
        <VisuallyHidden role="status">{unread > 0 ? label : ''}</VisuallyHidden>
      </Popover>
    </Indicator>
  );
}

function BellRow({ alert, onOpen }: { readonly alert: AlertView; readonly onOpen: () => void }) {
  const about = aboutOf(alert);
  return (
    <li>
      <SeverityBadge severity={alert.severity} />
      <div>
        <Anchor component={AppLink} href={alert.path ?? ALERTS_PATH} size="sm" fw={530} onClick={onOpen}>
          {alert.title}
        </Anchor>
        <Text size="xs" c="dimmed">
          {about && `${about} · `}
          <When at={alert.openedAt} />
        </Text>
      </div>
    </li>
  );
}
