'use client';

import { Alert, Anchor, List, Text } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import { When } from '../../time/when.tsx';
import { trpc } from '../../trpc/client.ts';
import { AppLink } from '../../ui/app-link.tsx';

const SHOWN = 5;
const REFRESH = 10_000;

/** The alerts that stand, if there are any: what somebody was told, or is about to be. */
export function OpenAlerts() {
  const { data } = trpc.alerts.list.useQuery({ limit: SHOWN }, { refetchInterval: REFRESH });
  if (!data || data.rows.length === 0) return null;
  return (
    <Alert role="region" aria-label="Open alerts" color="orange" icon={<IconBell aria-hidden />} title="Open alerts">
      <List size="sm">
        {data.rows.map((alert) => (
          <List.Item key={alert.id}>
            {alert.path ? (
              <Anchor component={AppLink} href={alert.path} size="sm">
                {alert.title}
              </Anchor>
            ) : (
              alert.title
            )}{' '}
            <Text span size="xs" c="dimmed">
              since <When at={alert.openedAt} />
            </Text>
          </List.Item>
        ))}
      </List>
      <Anchor component={AppLink} href="/admin/alerts" size="sm">
        All alerts
      </Anchor>
    </Alert>
  );
}
