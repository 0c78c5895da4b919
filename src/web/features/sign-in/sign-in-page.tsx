'use client';

import { Alert, Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { isEmail, isNotEmpty, useForm } from '@mantine/form';
import { useState } from 'react';
import { SignInError, signIn } from '../../session/auth-client.ts';
import { Logo } from '../../shell/logo.tsx';
import { SchemeToggle } from '../../shell/scheme-toggle.tsx';
import { ServerStatusBar } from '../../status/status-bar.tsx';
import classes from './sign-in-page.module.css';

interface SignInPageProps {
  readonly next: string;
  /** Somebody was signed in a moment ago. */
  readonly hasEnded: boolean;
}

/** E-mail and password; then on to `next`, a path of this site. */
export function SignInPage({ next, hasEnded }: SignInPageProps) {
  const [failure, setFailure] = useState<string>();
  const [pending, setPending] = useState(false);
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
      await signIn(email.trim(), password);
      // A full load: the server renders the first page for the person who just came in.
      window.location.assign(next);
    } catch (error) {
      setPending(false);
      setFailure(error instanceof SignInError ? error.message : 'Signing in did not work. Try again.');
    }
  });
  return (
    <main className={classes.root}>
      <div className={classes.corner}>
        <SchemeToggle />
      </div>
      <div className={classes.box}>
        <div className={classes.mark}>
          <Logo size={36} />
        </div>
        <Title order={1} ta="center">
          Sign in to Historybook
        </Title>
        <Text c="dimmed" ta="center" size="sm" mt={4} mb="lg">
          The history book of your leads
        </Text>
        <Paper withBorder p="lg" className={classes.card}>
          <form onSubmit={submit} noValidate>
            <Stack gap="md">
              {hasEnded && !failure && (
                <Alert color="blue">You were signed out. Sign in to go on where you were.</Alert>
              )}
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
                visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password', tabIndex: 0 }}
                key={form.key('password')}
                {...form.getInputProps('password')}
              />
              <Button type="submit" fullWidth loading={pending}>
                Sign in
              </Button>
            </Stack>
          </form>
        </Paper>
        <ServerStatusBar />
        <Text c="dimmed" ta="center" size="xs" mt="md">
          Forgotten your password? An administrator of your workspace can give you a new one.
        </Text>
      </div>
    </main>
  );
}
