'use client';

import { Button, Group, Menu, Text } from '@mantine/core';
import { IconCheck, IconChevronDown } from '@tabler/icons-react';
import { useSession } from '../session/session.tsx';
import { useEnterWorkspace } from '../session/use-enter-workspace.ts';
import { DemoBadge } from './demo-badge.tsx';
import classes from './workspace-switcher.module.css';

/** Shows the current workspace and changes it. */
export function WorkspaceSwitcher({ fullWidth = false }: { readonly fullWidth?: boolean }) {
  const { workspace, workspaces } = useSession();
  const change = useEnterWorkspace();
  if (!workspace) return null;
  return (
    <Menu width={280} position="bottom-start">
      <Menu.Target>
        <Button
          variant="default"
          size="compact-md"
          className={classes.target}
          fullWidth={fullWidth}
          justify="space-between"
          rightSection={<IconChevronDown size={14} aria-hidden />}
          loading={change.isPending}
          aria-label={`Workspace ${workspace.name}${workspace.isDemo ? ' (demo)' : ''}. Change workspace`}
        >
          <Group gap={8} wrap="nowrap">
            <Text span size="sm" fw={550} truncate maw={220}>
              {workspace.name}
            </Text>
            {workspace.isDemo && <DemoBadge />}
          </Group>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Workspaces</Menu.Label>
        {workspaces.map((item) => (
          <Menu.Item
            key={item.id}
            onClick={() => item.id !== workspace.id && change.mutate({ workspaceId: item.id })}
            rightSection={item.isDemo && <DemoBadge />}
            leftSection={
              <IconCheck size={14} aria-hidden className={item.id === workspace.id ? undefined : classes.unchecked} />
            }
            aria-current={item.id === workspace.id ? 'true' : undefined}
          >
            {item.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
