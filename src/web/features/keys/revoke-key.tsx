'use client';

import { trpc } from '../../trpc/client.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { toastDone } from '../../ui/toast.ts';
import type { Key } from './key.ts';

interface RevokeKeyProps {
  readonly target: Key | undefined;
  readonly onClose: () => void;
}

/** Ends a key at once. */
export function RevokeKey({ target, onClose }: RevokeKeyProps) {
  const utils = trpc.useUtils();
  const close = () => {
    onClose();
    revoke.reset();
  };
  const revoke = trpc.keys.revoke.useMutation({
    onSuccess: () => {
      toastDone(`${target?.name ?? 'The key'} is revoked`);
      void utils.keys.list.invalidate();
      close();
    },
  });
  return (
    <ConfirmDialog
      opened={target !== undefined}
      onClose={close}
      title={target ? `Revoke ${target.name}?` : ''}
      action="Revoke key"
      onConfirm={() => target && revoke.mutate({ id: target.id })}
      pending={revoke.isPending}
      error={revoke.error}
    >
      Whoever holds it is refused from this moment on, and its live streams are closed. This cannot be undone.
    </ConfirmDialog>
  );
}
