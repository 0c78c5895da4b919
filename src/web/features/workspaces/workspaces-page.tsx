'use client';

import { Button, Code, Group, Modal, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBuildingCommunity, IconPlus } from '@tabler/icons-react';
import { usePermission, useSession } from '../../session/session.tsx';
import { useEnterWorkspace } from '../../session/use-enter-workspace.ts';
import { DemoBadge } from '../../shell/demo-badge.tsx';
import { trpc } from '../../trpc/client.ts';
import { Foreign } from '../../ui/foreign.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { NoPermission, Nothing } from '../../ui/states.tsx';
import { roomy, TablePaper } from '../../ui/table-paper.tsx';
import { toastDone } from '../../ui/toast.ts';
import { WorkspaceForm } from './workspace-form.tsx';

/** Every workspace of this installation, for those who look after it. */
export function WorkspacesPage() {
  return usePermission('platform:manage') ? <Workspaces /> : <NoPermission what="managing all workspaces" />;
}

function browserTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function Workspaces() {
  const { workspace: current } = useSession();
  const utils = trpc.useUtils();
  const workspaces = trpc.workspaces.list.useQuery();
  const [creating, creation] = useDisclosure();
  const enter = useEnterWorkspace();
  const close = () => {
    creation.close();
    create.reset();
  };
  const create = trpc.workspaces.create.useMutation({
    onSuccess: ({ name }) => {
      toastDone(`${name} is there`);
      void utils.workspaces.list.invalidate();
      void utils.session.current.invalidate();
      close();
    },
  });
  return (
    <>
      <PageHeader
        title="All workspaces"
        lead="Each has its own leads, history, members and keys."
        actions={
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={creation.open}>
            Create workspace
          </Button>
        }
      />
      <TablePaper
        query={workspaces}
        what="the workspaces"
        columns={['Name', { label: 'Short name', roomy: true }, { label: 'Time zone', roomy: true }, null]}
        empty={
          <Nothing
            icon={<IconBuildingCommunity size={26} stroke={1.5} aria-hidden />}
            title="No workspaces yet"
            description="Create the first one."
          />
        }
        row={(workspace) => (
          <Table.Tr key={workspace.id}>
            <Table.Td>
              <Group gap={8} wrap="nowrap">
                <Text fw={530} component="div">
                  <Foreign text={workspace.name} lines={2} cell />
                </Text>
                {workspace.isDemo && <DemoBadge />}
              </Group>
            </Table.Td>
            <Table.Td className={roomy}>
              <Code>
                <Foreign text={workspace.slug} />
              </Code>
            </Table.Td>
            <Table.Td className={roomy}>{workspace.timeZone}</Table.Td>
            <Table.Td ta="right">
              {workspace.id === current?.id ? (
                <Text size="sm" c="dimmed">
                  You are here
                </Text>
              ) : (
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => enter.mutate({ workspaceId: workspace.id })}
                  loading={enter.isPending && enter.variables.workspaceId === workspace.id}
                  aria-label={`Enter ${workspace.name}`}
                >
                  Enter
                </Button>
              )}
            </Table.Td>
          </Table.Tr>
        )}
      />
      <Modal opened={creating} onClose={close} title="Create workspace">
        <WorkspaceForm
          initial={{ name: '', timeZone: browserTimeZone() }}
          action="Create workspace"
          pending={create.isPending}
          error={create.error}
          onSubmit={(values) => create.mutate(values)}
          onCancel={close}
        />
      </Modal>
    </>
  );
}
