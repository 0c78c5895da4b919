'use client';

import { Badge, Button, Code, Group, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { usePermission } from '../../session/session.tsx';
import { When } from '../../time/when.tsx';
import { trpc } from '../../trpc/client.ts';
import { Foreign } from '../../ui/foreign.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { NoPermission, Nothing } from '../../ui/states.tsx';
import { roomy, TablePaper } from '../../ui/table-paper.tsx';
import { CreateKey } from './create-key.tsx';
import type { Key } from './key.ts';
import { RevokeKey } from './revoke-key.tsx';
import { RotateKey } from './rotate-key.tsx';
import { SCOPE_WORDS } from './scopes.ts';

const STATES = {
  active: ['teal', 'Active'],
  expiring: ['yellow', 'Replaced'],
  expired: ['gray', 'Expired'],
  revoked: ['red', 'Revoked'],
} as const;

/** The keys that services hold. */
export function KeysPage() {
  return usePermission('keys:manage') ? <Keys /> : <NoPermission what="managing service keys" />;
}

function State({ value }: { readonly value: Key }) {
  const [colour, label] = STATES[value.state];
  return (
    <>
      <Badge variant="light" color={colour} tt="none" fw={550}>
        {label}
      </Badge>
      {value.expiresAt && (value.state === 'active' || value.state === 'expiring') && (
        <Text size="xs" c="dimmed">
          {'ends '}
          <When at={value.expiresAt} />
        </Text>
      )}
    </>
  );
}

function Keys() {
  const keys = trpc.keys.list.useQuery();
  const [creating, create] = useDisclosure();
  const [rotating, setRotating] = useState<Key>();
  const [revoking, setRevoking] = useState<Key>();
  return (
    <>
      <PageHeader
        title="Service keys"
        lead="With a key, a workflow or a service logs activities and reads what its scopes allow."
        actions={
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={create.open}>
            Create key
          </Button>
        }
      />
      <TablePaper
        query={keys}
        what="the service keys"
        columns={['Name', { label: 'Scopes', roomy: true }, 'State', { label: 'Last used', roomy: true }, null]}
        empty={
          <Nothing
            icon={<IconKey size={26} stroke={1.5} aria-hidden />}
            title="No service keys yet"
            description="A workflow or a service sends its key with every call. Create one for each, so that each can be revoked alone."
          >
            <Button onClick={create.open}>Create the first key</Button>
          </Nothing>
        }
        row={(key) => {
          const ended = key.state === 'revoked' || key.state === 'expired';
          return (
            <Table.Tr key={key.id}>
              <Table.Td>
                <Text fw={530} component="div">
                  <Foreign text={key.name} lines={2} cell />
                </Text>
                <Code>{key.prefix}…</Code>
              </Table.Td>
              <Table.Td className={roomy}>
                <Text size="sm">{key.scopes.map((scope) => SCOPE_WORDS[scope]).join(', ')}</Text>
              </Table.Td>
              <Table.Td>
                <State value={key} />
              </Table.Td>
              <Table.Td className={roomy}>
                {key.lastUsedAt ? <When at={key.lastUsedAt} /> : <Text c="dimmed">Never</Text>}
              </Table.Td>
              <Table.Td>
                {!ended && (
                  <Group gap={6} justify="flex-end" wrap="nowrap">
                    {key.state === 'active' && (
                      <Button
                        size="compact-sm"
                        variant="default"
                        onClick={() => setRotating(key)}
                        aria-label={`Rotate ${key.name}`}
                      >
                        Rotate
                      </Button>
                    )}
                    <Button
                      size="compact-sm"
                      variant="default"
                      c="var(--mantine-color-error)"
                      onClick={() => setRevoking(key)}
                      aria-label={`Revoke ${key.name}`}
                    >
                      Revoke
                    </Button>
                  </Group>
                )}
              </Table.Td>
            </Table.Tr>
          );
        }}
      />
      <CreateKey opened={creating} onClose={create.close} />
      <RotateKey target={rotating} onClose={() => setRotating(undefined)} />
      <RevokeKey target={revoking} onClose={() => setRevoking(undefined)} />
    </>
  );
}
