'use client';

import { Code } from '@mantine/core';
import type { Outputs } from '../../trpc/client.ts';
import { SecretOnce } from '../../ui/secret-once.tsx';

interface KeySecretProps {
  readonly opened: boolean;
  readonly created: Outputs['keys']['create'];
  readonly onClose: () => void;
}

/** The secret of a key that was just made, and how it is used. */
export function KeySecret({ opened, created, onClose }: KeySecretProps) {
  return (
    <SecretOnce opened={opened} onClose={onClose} title={created.key.name} what="key" secret={created.secret}>
      Send it as the header <Code>x-api-key</Code>, or as <Code>Authorization: Bearer …</Code>
    </SecretOnce>
  );
}
