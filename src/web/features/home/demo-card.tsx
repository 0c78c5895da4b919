'use client';

import { Group, Paper, Text, Title } from '@mantine/core';
import { usePermission } from '../../session/session.tsx';
import { DemoBadge } from '../../shell/demo-badge.tsx';
import { RemoveDemo } from '../workspaces/remove-demo.tsx';
import classes from './home.module.css';

/** Says that nothing here is real, and offers what can be done with it. */
export function DemoCard() {
  const mayManage = usePermission('workspace:manage');
  return (
    <Paper component="section" withBorder p="md" className={classes.demo} aria-labelledby="demo-card">
      <Group justify="space-between" gap="sm">
        <div className={classes.words}>
          <Group gap={8}>
            <Title order={2} id="demo-card">
              A demo workspace
            </Title>
            <DemoBadge />
          </Group>
          <Text size="sm" c="dimmed">
            The people and their history are made up, so that you can look around.
          </Text>
        </div>
        {mayManage && (
          <Group gap="xs">
            <RemoveDemo />
          </Group>
        )}
      </Group>
    </Paper>
  );
}
