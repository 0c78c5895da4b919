'use client';

import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconTrash } from '@tabler/icons-react';
import { useSession } from '../../session/session.tsx';
import { trpc } from '../../trpc/client.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';

/** Removes the current workspace, when it is a demo. Afterwards the page is loaded anew, in another workspace. */
export function RemoveDemo() {
  const { workspace } = useSession();
  const [asking, ask] = useDisclosure();
  const remove = trpc.workspaces.removeDemo.useMutation({ onSuccess: () => window.location.assign('/') });
  if (!workspace?.isDemo) return null;
  return (
    <>
      <Button variant="default" leftSection={<IconTrash size={15} aria-hidden />} onClick={ask.open}>
        Remove demo workspace
      </Button>
      <ConfirmDialog
        opened={asking}
        onClose={() => {
          ask.close();
          remove.reset();
        }}
        title={`Remove ${workspace.name}?`}
        action="Remove demo workspace"
        onConfirm={() => remove.mutate({ workspaceId: workspace.id })}
        pending={remove.isPending || remove.isSuccess}
        error={remove.error}
      >
        Its leads, activities, notes and keys go for good. Other workspaces are not touched. This can take some seconds.
      </ConfirmDialog>
    </>
  );
}
