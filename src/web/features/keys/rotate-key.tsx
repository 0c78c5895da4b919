'use client';

import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { trpc } from '../../trpc/client.ts';
import { FormError } from '../../ui/form-error.tsx';
import type { Key } from './key.ts';
import { KeySecret } from './key-secret.tsx';

interface RotateKeyProps {
  readonly target: Key | undefined;
  readonly onClose: () => void;
}

const OVERLAPS = [
  { value: '0', label: 'Ends at once' },
  { value: '1', label: 'Works for 1 more hour' },
  { value: '24', label: 'Works for 24 more hours' },
  { value: '168', label: 'Works for 7 more days' },
];

/** Makes a new secret for the same service; the old one goes on for a while, so that nothing stands still meanwhile. */
export function RotateKey({ target, onClose }: RotateKeyProps) {
  const utils = trpc.useUtils();
  const [hours, setHours] = useState('24');
  const rotate = trpc.keys.rotate.useMutation({ onSuccess: () => void utils.keys.list.invalidate() });
  const close = () => {
    onClose();
    rotate.reset();
  };
  return (
    <>
      <Modal
        opened={target !== undefined && !rotate.data}
        onClose={close}
        title={target ? `Rotate ${target.name}` : ''}
      >
        <Stack gap="md">
          <Text size="sm">
            You get a new key with the same name and scopes. Put it into the service while the old one still works.
          </Text>
          <Select
            label="The old key"
            data={OVERLAPS}
            value={hours}
            onChange={(value) => setHours(value ?? '24')}
            allowDeselect={false}
            data-autofocus
          />
          <FormError error={rotate.error} labels={{ overlapHours: 'The old key' }} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button
              loading={rotate.isPending}
              onClick={() => target && rotate.mutate({ id: target.id, overlapHours: Number(hours) })}
            >
              Rotate key
            </Button>
          </Group>
        </Stack>
      </Modal>
      {rotate.data && <KeySecret opened={target !== undefined} created={rotate.data} onClose={close} />}
    </>
  );
}
