'use client';

import { Alert, Anchor, Button, PasswordInput, Stack } from '@mantine/core';
import { hasLength, isNotEmpty, matchesField, useForm } from '@mantine/form';
import { useState } from 'react';
import { PASSWORD_LENGTH, PASSWORD_RULE } from '#domain/password.ts';
import { changePassword, SignInError } from '../../session/auth-client.ts';
import { givenPassword, keepGivenPassword } from '../../session/given-password.ts';
import { leaveSession } from '../../session/sign-out.ts';
import { PASSWORD_TOGGLE } from '../../ui/password-toggle.ts';
import { DoorPage } from './door-page.tsx';

interface ChoosePasswordPageProps {
  readonly next: string;
  readonly email: string;
}

/**
 * A person who came in with a one-time password chooses his own; then on to `next`, a path of this site. The one-time
 * password is asked for again only when the page was loaded since it was typed.
 */
export function ChoosePasswordPage({ next, email }: ChoosePasswordPageProps) {
  const [given] = useState(givenPassword);
  const [failure, setFailure] = useState<string>();
  const [pending, setPending] = useState(false);
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { current: given ?? '', chosen: '', repeated: '' },
    validate: {
      current: isNotEmpty('Write the one-time password that you were given'),
      chosen: (value, { current }) =>
        hasLength(PASSWORD_LENGTH, PASSWORD_RULE)(value) ??
        (value === current ? 'Choose another one than the one-time password' : null),
      repeated: matchesField('chosen', 'This is not the same password'),
    },
  });
  const submit = form.onSubmit(async ({ current, chosen }) => {
    setFailure(undefined);
    setPending(true);
    try {
      await changePassword(current, chosen);
      keepGivenPassword(undefined);
      // A full load: the server renders the first page for somebody to whom it is open now.
      window.location.assign(next);
    } catch (error) {
      setPending(false);
      setFailure(error instanceof SignInError ? error.message : 'The password was not changed. Try again.');
    }
  });
  const field = { required: true, withAsterisk: false, visibilityToggleButtonProps: PASSWORD_TOGGLE };
  return (
    <DoorPage
      title="Choose your password"
      lead={`You came in with a one-time password. Choose one that only you know: nothing else opens before.`}
      foot={
        <>
          Signed in as {email}.{' '}
          <Anchor component="button" type="button" size="xs" underline="always" onClick={leaveSession}>
            Sign out
          </Anchor>
        </>
      }
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          {failure && (
            <Alert color="red" role="alert">
              {failure}
            </Alert>
          )}
          {/* Tells a password manager whose password it is asked to keep. */}
          <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
          {given === undefined && (
            <PasswordInput
              label="One-time password"
              description="The one that you were given and signed in with"
              autoComplete="current-password"
              autoFocus
              {...field}
              key={form.key('current')}
              {...form.getInputProps('current')}
            />
          )}
          <PasswordInput
            label="New password"
            description={PASSWORD_RULE}
            autoComplete="new-password"
            autoFocus={given !== undefined}
            {...field}
            key={form.key('chosen')}
            {...form.getInputProps('chosen')}
          />
          <PasswordInput
            label="Repeat the new password"
            autoComplete="new-password"
            {...field}
            key={form.key('repeated')}
            {...form.getInputProps('repeated')}
          />
          <Button type="submit" fullWidth loading={pending}>
            Save and go on
          </Button>
        </Stack>
      </form>
    </DoorPage>
  );
}
