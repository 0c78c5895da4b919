'use client';

import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { MassFilter } from '#domain/quarantine.ts';
import { trpc } from '../../trpc/client.ts';
import { FormError } from '../../ui/form-error.tsx';
import { toastDone } from '../../ui/toast.ts';
import { useQueueChanged } from './use-queue.ts';

/** One event, or all that match a filter. */
export type DiscardTarget =
  | { readonly id: string; readonly name: string }
  | { readonly filter: MassFilter; readonly count: number };

interface DiscardDialogProps {
  readonly target: DiscardTarget | undefined;
  readonly onClose: () => void;
}

/** Asks why, then takes events out of the queue. They stay under Discarded. */
export function DiscardDialog({ target, onClose }: DiscardDialogProps) {
  const changed = useQueueChanged();
  const [reason, setReason] = useState('');
  const close = () => {
    onClose();
    setReason('');
    one.reset();
    all.reset();
  };
  const done = (message: string) => {
    toastDone(message);
    changed();
    close();
  };
  const one = trpc.retryQueue.discard.useMutation({ onSuccess: () => done('The event is discarded') });
  const all = trpc.retryQueue.discardAll.useMutation({
    onSuccess: ({ discarded }) => done(discarded === 1 ? '1 event is discarded' : `${discarded} events are discarded`),
  });
  const submit = () => {
    if (!target) return;
    if ('id' in target) one.mutate({ id: target.id, reason });
    else all.mutate({ filter: target.filter, reason });
  };
  const title = !target
    ? ''
    : 'id' in target
      ? `Discard ${target.name}?`
      : target.count === 1
        ? 'Discard 1 event?'
        : `Discard ${target.count.toLocaleString('en')} events?`;
  return (
    <Modal opened={target !== undefined} onClose={close} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="md">
          <Text size="sm">
            Nothing is deleted: what you discard stays under Discarded with your reason, and can be restored.
          </Text>
          <TextInput
            label="Reason"
            placeholder="Test data of the new workflow"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            maxLength={500}
            required
            data-autofocus
          />
          <FormError error={one.error ?? all.error} labels={{ reason: 'Reason' }} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" color="red" disabled={reason.trim() === ''} loading={one.isPending || all.isPending}>
              Discard
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
