'use client';

import { ActionIcon, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDots, IconKey, IconUserCheck, IconUserMinus, IconUserOff } from '@tabler/icons-react';
import { useSession } from '../../session/session.tsx';
import { trpc } from '../../trpc/client.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { SecretOnce } from '../../ui/secret-once.tsx';
import { toastDone } from '../../ui/toast.ts';
import type { Member } from './role-select.tsx';

/** What else can be done to a member: a new password, disabling, removal. */
export function MemberMenu({ member }: { readonly member: Member }) {
  const { userId, name, email, isDisabled } = member;
  const { user } = useSession();
  const utils = trpc.useUtils();
  const [resetting, reset] = useDisclosure();
  const [removing, removal] = useDisclosure();
  const [disabling, disable] = useDisclosure();
  const setDisabled = trpc.members.setDisabled.useMutation({
    onSuccess: () => {
      disable.close();
      toastDone(isDisabled ? `${name} can sign in again` : `${name} is signed out and cannot sign in`);
      void utils.members.list.invalidate();
    },
  });
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
          {userId !== user?.id && (
            <Menu.Item
              leftSection={isDisabled ? <IconUserCheck size={15} aria-hidden /> : <IconUserOff size={15} aria-hidden />}
              onClick={disable.open}
            >
              {isDisabled ? 'Enable account' : 'Disable account'}
            </Menu.Item>
          )}
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
        Hand it to {email} in a safe way. It opens one page alone: the one on which the person chooses another password.
      </SecretOnce>
      <ConfirmDialog
        opened={disabling}
        onClose={() => {
          disable.close();
          setDisabled.reset();
        }}
        title={isDisabled ? `Let ${name} sign in again?` : `Disable the account of ${name}?`}
        action={isDisabled ? 'Enable account' : 'Disable account'}
        onConfirm={() => setDisabled.mutate({ userId, disabled: !isDisabled })}
        pending={setDisabled.isPending}
        error={setDisabled.error}
      >
        {isDisabled
          ? `${email} can sign in with the password as it was.`
          : `Every open session of ${email} ends at once, and ${name} cannot sign in until somebody enables the account ` +
            'again. The leads, the role and all that was done stay.'}
      </ConfirmDialog>
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
