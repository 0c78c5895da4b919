'use client';

import { ActionIcon, Avatar, Menu, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconKey, IconLogout } from '@tabler/icons-react';
import { ChangePassword } from '../features/account/change-password.tsx';
import { roleLabel } from '../session/role-label.ts';
import { useSession } from '../session/session.tsx';
import { leaveSession } from '../session/sign-out.ts';

/** Who is signed in, in which role, and the way out. */
export function UserMenu() {
  const { user, role } = useSession();
  const [changing, password] = useDisclosure();
  if (!user) return null;
  return (
    <>
      <Menu width={240} position="bottom-end">
        <Menu.Target>
          <ActionIcon size="lg" radius="xl" aria-label={`Signed in as ${user.name}`}>
            <Avatar size={30} radius="xl" name={user.name} color="ink" alt="" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            <Text size="sm" fw={550} c="var(--mantine-color-text)" truncate>
              {user.name}
            </Text>
            <Text size="xs" c="dimmed" truncate>
              {user.email}
            </Text>
            {role && (
              <Text size="xs" c="dimmed">
                {roleLabel(role)}
              </Text>
            )}
          </Menu.Label>
          <Menu.Divider />
          <Menu.Item leftSection={<IconKey size={16} aria-hidden />} onClick={password.open}>
            Change password
          </Menu.Item>
          <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={leaveSession}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ChangePassword opened={changing} onClose={password.close} />
    </>
  );
}
