'use client';

import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';

const UNDO_FOR = 10_000;

/** It worked, and for ten seconds it can be taken back. */
export function toastUndo(message: string, undo: () => void): void {
  const id = notifications.show({
    color: 'teal',
    autoClose: UNDO_FOR,
    message: (
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text size="sm">{message}</Text>
        <Button
          size="compact-sm"
          variant="light"
          onClick={() => {
            notifications.hide(id);
            undo();
          }}
        >
          Undo
        </Button>
      </Group>
    ),
  });
}
