'use client';

import { Box, Button, Menu } from '@mantine/core';
import { IconCheck, IconChevronDown } from '@tabler/icons-react';
import { useSession } from '../session/session.tsx';
import { useEnterWorkspace } from '../session/use-enter-workspace.ts';
import { DemoBadge } from './demo-badge.tsx';
import classes from './workspace-switcher.module.css';

/** Shows the current workspace and changes it. */
export function WorkspaceSwitcher() {
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
          classNames={{ label: classes.label }}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          loading={change.isPending}
          aria-label={`Workspace ${workspace.name}${workspace.isDemo ? ' (demo)' : ''}. Change workspace`}
        >
          <span className={classes.name}>{workspace.name}</span>
          {workspace.isDemo && (
            <Box visibleFrom="xs">
              <DemoBadge />
            </Box>
          )}
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
