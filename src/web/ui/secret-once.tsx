'use client';

import { Alert, Button, Code, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { CopyText } from './copy-button.tsx';

interface SecretOnceProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** What it is: `key`, `password`. */
  readonly what: string;
  readonly secret: string;
  readonly children?: ReactNode;
}

/** Shows a secret the one time that it can be shown. Closing takes a decision: no click beside the dialog closes it. */
export function SecretOnce({ opened, onClose, title, what, secret, children }: SecretOnceProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
      size="lg"
    >
      <Stack gap="md">
        <Alert color="yellow">This {what} is shown once. Copy it now; it cannot be read again, only replaced.</Alert>
        <Code block fz="sm" data-testid="secret">
          {secret}
        </Code>
        {children && (
          <Text component="div" size="sm">
            {children}
          </Text>
        )}
        <Group justify="space-between">
          <CopyText value={secret} what={what} />
          <Button onClick={onClose}>I have kept it</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
