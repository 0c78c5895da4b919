'use client';

import { ActionIcon, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDots, IconKey, IconUserMinus } from '@tabler/icons-react';
import { trpc } from '../../trpc/client.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { SecretOnce } from '../../ui/secret-once.tsx';
import { toastDone } from '../../ui/toast.ts';
import type { Member } from './role-select.tsx';

/** What else can be done to a member: a new password, removal. */
export function MemberMenu({ member }: { readonly member: Member }) {
  const { userId, name, email } = member;
  const utils = trpc.useUtils();
  const [resetting, reset] = useDisclosure();
  const [removing, removal] = useDisclosure();
  const resetPassword = trpc.members.resetPassword.useMutation();
  const remove = trpc.members.remove.useMutation({
    onSuccess: () => {
      removal.close();
      toastDone(`${name} no longer belongs to this workspace`);
      void utils.members.list.invalidate();
    },
  });
  const password = resetPassword.data?.oneTimePassword;
  const closeReset = () => {
    reset.close();
    resetPassword.reset();
  };
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon aria-label={`Actions for ${name}`}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconKey size={15} aria-hidden />} onClick={reset.open}>
            Reset password
          </Menu.Item>
          <Menu.Item
            leftSection={<IconUserMinus size={15} aria-hidden />}
            c="var(--mantine-color-error)"
            onClick={removal.open}
          >
            Remove from workspace
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={resetting && password === undefined}
        onClose={closeReset}
        title={`Reset the password of ${name}?`}
        action="Reset password"
        onConfirm={() => resetPassword.mutate({ userId })}
        pending={resetPassword.isPending}
        error={resetPassword.error}
      >
        The old password stops working and every open session of {email} ends. You get a new password to hand over.
      </ConfirmDialog>
      <SecretOnce
        opened={resetting && password !== undefined}
        onClose={closeReset}
        title={`New password of ${name}`}
        what="password"
        secret={password ?? ''}
      >
        Hand it to {email} in a safe way. It should be changed after signing in.
      </SecretOnce>
      <ConfirmDialog
        opened={removing}
        onClose={() => {
          removal.close();
          remove.reset();
        }}
        title={`Remove ${name}?`}
        action="Remove"
        onConfirm={() => remove.mutate({ userId })}
        pending={remove.isPending}
        error={remove.error}
      >
        {name} loses access to this workspace at once. What {name} did stays in the book.
      </ConfirmDialog>
    </>
  );
}
