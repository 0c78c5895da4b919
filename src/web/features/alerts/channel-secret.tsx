'use client';

import { Code } from '@mantine/core';
import type { Outputs } from '../../trpc/client.ts';
import { SecretOnce } from '../../ui/secret-once.tsx';

interface ChannelSecretProps {
  readonly created: Outputs['alerts']['createChannel'];
  readonly onClose: () => void;
}

/** The secret of a webhook, and what it is good for. Nothing for Slack. */
export function ChannelSecret({ created, onClose }: ChannelSecretProps) {
  if (created.secret === null) return null;
  return (
    <SecretOnce opened onClose={onClose} title={created.channel.name} what="secret" secret={created.secret}>
      Messages carry <Code>X-Historybook-Signature: sha256=…</Code>, the HMAC-SHA-256 under this secret of the header{' '}
      <Code>X-Historybook-Timestamp</Code>, a full stop and the body.
    </SecretOnce>
  );
}
