'use client';

import { trpc } from '../../trpc/client.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { toastDone } from '../../ui/toast.ts';
import type { ListedType } from './listed-type.ts';

interface RemoveTypeProps {
  readonly target: ListedType | undefined;
  readonly onClose: () => void;
}

/** Takes a custom type out of the catalogue; one that activities have cannot go. */
export function RemoveType({ target, onClose }: RemoveTypeProps) {
  const utils = trpc.useUtils();
  const close = () => {
    onClose();
    remove.reset();
  };
  const remove = trpc.types.remove.useMutation({
    onSuccess: () => {
      toastDone(`${target?.label ?? 'The type'} is removed`);
      void utils.types.list.invalidate();
      close();
    },
  });
  return (
    <ConfirmDialog
      opened={target !== undefined}
      onClose={close}
      title={target ? `Remove ${target.label}?` : ''}
      action="Remove type"
      onConfirm={() => target && remove.mutate({ name: target.name })}
      pending={remove.isPending}
      error={remove.error}
    >
      Activities of this type are refused from then on, until it is registered again.
    </ConfirmDialog>
  );
}
