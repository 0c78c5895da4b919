'use client';

import { Button, EmptyState, Paper, Stack, Title } from '@mantine/core';
import { IconAlertTriangle, IconLock, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { errorBody, errorSentence } from '../trpc/errors.ts';
import { AppLink } from './app-link.tsx';

interface NothingProps {
  readonly icon: ReactNode;
  readonly title: ReactNode;
  readonly description: ReactNode;
  readonly children?: ReactNode;
}

/** A place where there is nothing (yet): says why, and what to do about it. */
export function Nothing({ icon, title, description, children }: NothingProps) {
  return (
    <EmptyState
      icon={icon}
      title={title}
      description={description}
      py="xl"
      px="md"
      maw={460}
      mx="auto"
      withIndicatorBackground
    >
      {children && <EmptyState.Actions mt="xs">{children}</EmptyState.Actions>}
    </EmptyState>
  );
}

interface LoadErrorProps {
  readonly error: unknown;
  /** What could not be loaded: `the activities`. */
  readonly what: string;
  readonly onRetry: () => void;
  readonly retrying?: boolean;
}

/** Loading failed: the server's sentence, a way to try again, and the id that leads to the cause in its log. */
export function LoadError({ error, what, onRetry, retrying = false }: LoadErrorProps) {
  const requestId = errorBody(error)?.requestId;
  return (
    <Paper role="alert" withBorder>
      <Nothing
        icon={<IconAlertTriangle size={26} stroke={1.5} aria-hidden />}
        title={`Could not load ${what}`}
        description={
          <Stack gap={4}>
            <span>{errorSentence(error)}</span>
            {requestId && <span>Request {requestId}</span>}
          </Stack>
        }
      >
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden />}
          onClick={onRetry}
          loading={retrying}
        >
          Try again
        </Button>
      </Nothing>
    </Paper>
  );
}

/** The signed-in person may not see this page. */
export function NoPermission({ what }: { readonly what: string }) {
  return (
    <Paper withBorder>
      <Nothing
        icon={<IconLock size={26} stroke={1.5} aria-hidden />}
        title={<Title order={1}>Not for your role</Title>}
        description={`Your role in this workspace does not include ${what}. An administrator of the workspace can change that.`}
      >
        <Button component={AppLink} href="/" variant="default">
          Back to home
        </Button>
      </Nothing>
    </Paper>
  );
}
