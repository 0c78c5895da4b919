'use client';

import { AppShell, Box, Burger, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { AlertBell } from '../features/alerts/alert-bell.tsx';
import { ServerStatusBar } from '../status/status-bar.tsx';
import { useRecovery } from '../status/use-recovery.ts';
import { AppLink } from '../ui/app-link.tsx';
import { CommandPalette, CommandPaletteButton } from './command-palette.tsx';
import { KeyboardHelp } from './keyboard-help.tsx';
import { LiveLight } from './live-light.tsx';
import { Logo } from './logo.tsx';
import { NavList } from './nav-list.tsx';
import { SchemeToggle } from './scheme-toggle.tsx';
import classes from './shell.module.css';
import { UserMenu } from './user-menu.tsx';
import { WorkspaceSwitcher } from './workspace-switcher.tsx';

/** The frame around every page of a signed-in person. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure();
  useRecovery();
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 224, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a href="#main" className={classes.skip}>
        Skip to content
      </a>
      <AppShell.Header className={classes.header}>
        <Group h="100%" px={{ base: 'sm', sm: 'md' }} gap="sm" wrap="nowrap" justify="space-between">
          <Group gap="sm" wrap="nowrap" className={classes.left}>
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={opened ? 'Close navigation' : 'Open navigation'}
              aria-expanded={opened}
            />
            <AppLink href="/" className={classes.brand} aria-label="Historybook, home">
              <Logo />
              <Text span fw={640} visibleFrom="xs">
                Historybook
              </Text>
            </AppLink>
            <span className={classes.switcher}>
              <WorkspaceSwitcher />
            </span>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <LiveLight />
            <CommandPaletteButton />
            <AlertBell />
            <Box visibleFrom="xs">
              <SchemeToggle />
            </Box>
            <UserMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" className={classes.navbar} aria-label="Main">
        <NavList onNavigate={close} />
        <Group hiddenFrom="xs" mt="auto" pt="sm" gap="xs">
          <SchemeToggle />
          <Text size="sm">Colours</Text>
        </Group>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} className={classes.main}>
        <div className={classes.page}>{children}</div>
        <ServerStatusBar />
      </AppShell.Main>
      <CommandPalette />
      <KeyboardHelp />
    </AppShell>
  );
}
