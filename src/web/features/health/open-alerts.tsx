'use client';

import { Anchor, Group, Paper, Text, Title } from '@mantine/core';
import { When } from '../../time/when.tsx';
import { trpc } from '../../trpc/client.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { aboutOf } from '../alerts/about.ts';
import { ALERTS_PATH } from '../alerts/alerts-params.ts';
import { SeverityBadge } from '../alerts/severity-badge.tsx';
import classes from './health.module.css';

const SHOWN = 5;
const REFRESH = 10_000;

/** The alerts that stand, if there are any: what somebody was told, or is about to be. */
export function OpenAlerts() {
  const { data } = trpc.alerts.list.useQuery({ limit: SHOWN }, { refetchInterval: REFRESH });
  if (!data || data.rows.length === 0) return null;
  return (
    <Paper component="section" withBorder p="md" className={classes.card} data-bad aria-label="Open alerts">
      <Group justify="space-between" align="baseline" mb={6}>
        <Title order={2}>Open alerts</Title>
        <Anchor component={AppLink} href={ALERTS_PATH} size="sm">
          All alerts
        </Anchor>
      </Group>
      <ul className={classes.alerts}>
        {data.rows.map((alert) => (
          <li key={alert.id}>
            <SeverityBadge severity={alert.severity} />
            <div>
              <Anchor component={AppLink} href={alert.path ?? ALERTS_PATH} size="sm" fw={530}>
                {alert.title}
              </Anchor>
              <Text span size="sm">
                {aboutOf(alert) && ` · ${aboutOf(alert)}`}
              </Text>{' '}
              <Text span size="xs" c="dimmed">
                opened <When at={alert.openedAt} />
                {alert.acknowledgedBy && ` · ${alert.acknowledgedBy} sees to it`}
              </Text>
            </div>
          </li>
        ))}
      </ul>
    </Paper>
  );
}
