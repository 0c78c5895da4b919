'use client';

import { Paper, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Logo } from '../../shell/logo.tsx';
import { SchemeToggle } from '../../shell/scheme-toggle.tsx';
import { ServerStatusBar } from '../../status/status-bar.tsx';
import classes from './door-page.module.css';

interface DoorPageProps {
  readonly title: string;
  readonly lead: ReactNode;
  /** What stands below the form. */
  readonly foot: ReactNode;
  readonly children: ReactNode;
}

/** A page with one form, before anything is open: the frame of signing in and of what may come with it. */
export function DoorPage({ title, lead, foot, children }: DoorPageProps) {
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
          {title}
        </Title>
        <Text c="dimmed" ta="center" size="sm" mt={4} mb="lg" className={classes.words}>
          {lead}
        </Text>
        <Paper withBorder p="lg" className={classes.card}>
          {children}
        </Paper>
        <ServerStatusBar />
        <Text c="dimmed" ta="center" size="xs" mt="md" component="div" className={classes.words}>
          {foot}
        </Text>
      </div>
    </main>
  );
}
