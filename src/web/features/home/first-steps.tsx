'use client';

import { Anchor, Button, Code, Group, Paper, Text, Title } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { usePermission, useSession } from '../../session/session.tsx';
import { useEnterWorkspace } from '../../session/use-enter-workspace.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { CopyText } from '../../ui/copy-button.tsx';
import classes from './home.module.css';

const EVENT = {
  eventType: 'INBOUND_REPLY',
  eventCategory: 'SMS',
  leadAirtableId: 'rec0000000000001',
  description: 'Replied: Yes, Thursday at 2pm works',
  messageContent: 'Yes, Thursday at 2pm works',
  source: 'curl:first-event',
};

const never = () => () => undefined;

/** The address people see this page under; unknown while the server draws it. */
function useOrigin(): string {
  return useSyncExternalStore(
    never,
    () => window.location.origin,
    () => '',
  );
}

/** The demo workspaces, for those who want to see a full book first. */
function LookAround() {
  const { workspaces } = useSession();
  const enter = useEnterWorkspace();
  const demos = workspaces.filter(({ isDemo }) => isDemo);
  if (demos.length === 0) return null;
  return (
    <Group gap="xs" mt="lg">
      <Text size="sm" c="dimmed">
        Or look around first:
      </Text>
      {demos.map(({ id, name }) => (
        <Button
          key={id}
          size="compact-md"
          variant="default"
          onClick={() => enter.mutate({ workspaceId: id })}
          loading={enter.isPending && enter.variables.workspaceId === id}
        >
          {name}
        </Button>
      ))}
    </Group>
  );
}

/** An empty book: how the first activity gets into it. */
export function FirstSteps() {
  const origin = useOrigin();
  const mayMakeKeys = usePermission('keys:manage');
  const line = [
    `curl -X POST ${origin}/api/internal/log-activity \\`,
    "  -H 'x-api-key: YOUR_KEY' -H 'content-type: application/json' \\",
    `  -d '${JSON.stringify(EVENT)}'`,
  ].join('\n');
  return (
    <Paper component="section" withBorder p="lg" className={classes.paper} aria-labelledby="first-steps">
      <Title order={2} id="first-steps">
        The book is empty
      </Title>
      <ol className={classes.steps}>
        <li>
          <Text>Create a service key for what will write into it.</Text>
          {mayMakeKeys && (
            <Button component={AppLink} href="/admin/keys" size="compact-md" variant="default" mt={6}>
              Service keys
            </Button>
          )}
        </li>
        <li>
          <Text>Log a first activity. It appears here without a reload.</Text>
          <Code block mt={6} className={classes.curl}>
            {line}
          </Code>
          <Group mt={6}>
            <CopyText value={line} what="command" />
          </Group>
        </li>
        <li>
          <Text>
            Point your workflows here: the{' '}
            <Anchor href="/api/docs" underline="always">
              API reference
            </Anchor>{' '}
            shows every call.
          </Text>
        </li>
      </ol>
      <LookAround />
    </Paper>
  );
}
