'use client';

import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { isEmail, isNotEmpty, useForm } from '@mantine/form';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { SignInError, signIn } from '../../session/auth-client.ts';
import { keepGivenPassword } from '../../session/given-password.ts';
import { choosePasswordPath } from '../../session/next-path.ts';
import { PASSWORD_TOGGLE } from '../../ui/password-toggle.ts';
import { DoorPage } from './door-page.tsx';

interface SignInPageProps {
  readonly next: string;
  /** Somebody was signed in a moment ago. */
  readonly hasEnded: boolean;
}

/** E-mail and password; then on to `next`, a path of this site. */
export function SignInPage({ next, hasEnded }: SignInPageProps) {
  const [failure, setFailure] = useState<string>();
  const [pending, setPending] = useState(false);
  const router = useRouter();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: '', password: '' },
    validate: {
      email: isEmail('Write an e-mail address, such as name@example.com'),
      password: isNotEmpty('Write your password'),
    },
  });
  const submit = form.onSubmit(async ({ email, password }) => {
    setFailure(undefined);
    setPending(true);
    try {
      const { passwordChangeRequired } = await signIn(email.trim(), password);
      keepGivenPassword(passwordChangeRequired ? password : undefined);
      // A full load: the server renders the first page for the person who just came in. Not on the way to a password of
      // one's own, where the one just typed would be forgotten by it.
      if (passwordChangeRequired) router.replace(choosePasswordPath(next));
      else window.location.assign(next);
    } catch (error) {
      setPending(false);
      setFailure(error instanceof SignInError ? error.message : 'Signing in did not work. Try again.');
    }
  });
  return (
    <DoorPage
      title="Sign in to Historybook"
      lead="The history book of your leads"
      foot="Forgotten your password? An administrator of your workspace can give you a new one."
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          {hasEnded && !failure && <Alert color="blue">You were signed out. Sign in to go on where you were.</Alert>}
          {failure && (
            <Alert color="red" role="alert">
              {failure}
            </Alert>
          )}
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="username"
            autoFocus
            required
            withAsterisk={false}
            key={form.key('email')}
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            visibilityToggleButtonProps={PASSWORD_TOGGLE}
            key={form.key('password')}
            {...form.getInputProps('password')}
          />
          <Button type="submit" fullWidth loading={pending}>
            Sign in
          </Button>
        </Stack>
      </form>
    </DoorPage>
  );
}
