'use client';

import { Anchor, Button, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDoorExit } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { StatusBar } from '../status/status-bar.tsx';
import type { Outputs } from '../trpc/client.ts';
import { Nothing } from '../ui/states.tsx';
import { roleLabel } from './role-label.ts';

/** Tells of another role as soon as it is known: what is on the page changes with it. */
export function useRoleNews({ role, workspace }: Outputs['session']['current']): void {
  const before = useRef(role);
  const name = workspace?.name;
  useEffect(() => {
    const was = before.current;
    before.current = role;
    if (was === role || role === null || was === null) return;
    notifications.show({
      id: 'role-changed',
      title: `Your role in ${name} has changed`,
      message: `You are ${roleLabel(role).toLowerCase()} now: what you can see and do here follows it from this moment.`,
      autoClose: false,
    });
  }, [role, name]);
}

const BARS = {
  signedOut: { label: 'You are signed out', until: 'you sign in again', href: '/sign-in', way: 'Sign in' },
  passwordFirst: { label: 'Choose your password first', until: 'you have', href: '/choose-password', way: 'Choose it' },
} as const;

/** The session has ended, or opens nothing but the choice of a password, while something was being written. */
export function ShutBar({ why }: { readonly why: keyof typeof BARS }) {
  const { label, until, href, way } = BARS[why];
  return (
    <StatusBar
      label={label}
      explanation={`Nothing here is kept current, and changes are refused, until ${until}. What you wrote stays.`}
    >
      <Anchor href={href} target="_blank" rel="noopener" size="sm" underline="always">
        {way}, in another tab
      </Anchor>
    </StatusBar>
  );
}

/** The workspace of this page is no longer the person's, or no longer there. */
export function WorkspaceGone({ name }: { readonly name: string | undefined }) {
  return (
    <main>
      <Nothing
        icon={<IconDoorExit size={26} stroke={1.5} aria-hidden />}
        title={<Title order={1}>{name ? `${name} is closed to you` : 'This workspace is closed to you'}</Title>}
        description="You no longer belong to this workspace, or it was removed. An administrator can add you again."
      >
        <Button variant="default" onClick={() => window.location.assign('/')}>
          Go to your other workspaces
        </Button>
      </Nothing>
    </main>
  );
}
