'use client';

import { Paper, Stack, Text, Title } from '@mantine/core';
import { usePermission, useSession } from '../../session/session.tsx';
import { trpc } from '../../trpc/client.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { NoPermission } from '../../ui/states.tsx';
import { toastDone } from '../../ui/toast.ts';
import { RemoveDemo } from './remove-demo.tsx';
import { UnknownLeads } from './unknown-leads.tsx';
import { WorkspaceForm } from './workspace-form.tsx';
import classes from './workspaces.module.css';

/** The settings of the current workspace. */
export function WorkspacePage() {
  return usePermission('workspace:manage') ? <Settings /> : <NoPermission what="managing the workspace" />;
}

function Settings() {
  const { workspace } = useSession();
  const utils = trpc.useUtils();
  const update = trpc.workspaces.update.useMutation({
    onSuccess: () => {
      toastDone('Saved');
      void utils.session.current.invalidate();
      void utils.workspaces.list.invalidate();
    },
  });
  if (!workspace) return null;
  return (
    <>
      <PageHeader title="Workspace" lead="Nothing crosses from one workspace into another." />
      <Stack gap="md" maw={560}>
        <Paper withBorder p="md" className={classes.paper}>
          <WorkspaceForm
            key={workspace.id}
            initial={{ name: workspace.name, timeZone: workspace.timeZone }}
            action="Save"
            pending={update.isPending}
            error={update.error}
            onSubmit={(values) => update.mutate(values)}
          />
        </Paper>
        <UnknownLeads key={`unknown leads of ${workspace.id}`} />
        {workspace.isDemo && (
          <Paper component="section" withBorder p="md" className={classes.paper} aria-labelledby="demo">
            <Title order={2} id="demo">
              Demo workspace
            </Title>
            <Text size="sm" c="dimmed" mt={4} mb="md">
              Its leads and their history are made up. Remove it when you have seen enough.
            </Text>
            <RemoveDemo />
          </Paper>
        )}
      </Stack>
    </>
  );
}
