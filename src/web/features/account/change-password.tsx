'use client';

import { Alert, Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core';
import { hasLength, isNotEmpty, useForm } from '@mantine/form';
import { useState } from 'react';
import { PASSWORD_LENGTH, PASSWORD_RULE } from '#domain/password.ts';
import { changePassword, SignInError } from '../../session/auth-client.ts';
import { PASSWORD_TOGGLE } from '../../ui/password-toggle.ts';
import { toastDone } from '../../ui/toast.ts';

interface ChangePasswordProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Changes one's own password; every other session of the person ends with it. */
export function ChangePassword({ opened, onClose }: ChangePasswordProps) {
  const [failure, setFailure] = useState<string>();
  const [pending, setPending] = useState(false);
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { current: '', next: '' },
    validate: {
      current: isNotEmpty('Write your password'),
      next: hasLength(PASSWORD_LENGTH, PASSWORD_RULE),
    },
  });
  const close = () => {
    onClose();
    form.reset();
    setFailure(undefined);
  };
  const submit = form.onSubmit(async ({ current, next }) => {
    setFailure(undefined);
    setPending(true);
    try {
      await changePassword(current, next);
      toastDone('Your password is changed');
      close();
    } catch (error) {
      setFailure(error instanceof SignInError ? error.message : 'The password was not changed. Try again.');
    } finally {
      setPending(false);
    }
  });
  return (
    <Modal opened={opened} onClose={close} title="Change password">
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <PasswordInput
            label="Current password"
            autoComplete="current-password"
            visibilityToggleButtonProps={PASSWORD_TOGGLE}
            key={form.key('current')}
            {...form.getInputProps('current')}
            data-autofocus
          />
          <PasswordInput
            label="New password"
            autoComplete="new-password"
            visibilityToggleButtonProps={PASSWORD_TOGGLE}
            key={form.key('next')}
            {...form.getInputProps('next')}
          />
          <Text size="xs" c="dimmed">
            You stay signed in here; every other session of yours ends.
          </Text>
          {failure && (
            <Alert color="red" role="alert">
              {failure}
            </Alert>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={pending}>
              Change password
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
