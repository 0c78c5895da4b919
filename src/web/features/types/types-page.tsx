'use client';

import { Badge, Button, Code, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { CATEGORY_COLOURS, CATEGORY_LABELS } from '#domain/catalogue/index.ts';
import { usePermission } from '../../session/session.tsx';
import { trpc } from '../../trpc/client.ts';
import { Foreign } from '../../ui/foreign.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { NoPermission } from '../../ui/states.tsx';
import { roomy, TablePaper } from '../../ui/table-paper.tsx';
import { TypeIcon } from '../../ui/type-icon.tsx';
import type { ListedType } from './listed-type.ts';
import { NoTypes } from './no-types.tsx';
import { RegisterType } from './register-type.tsx';
import { RemoveType } from './remove-type.tsx';

/** The catalogue of event types, and the workspace's own. */
export function TypesPage() {
  return usePermission('types:write') ? <Types /> : <NoPermission what="managing event types" />;
}

function Types() {
  const types = trpc.types.list.useQuery();
  const [registering, register] = useDisclosure();
  const [removing, setRemoving] = useState<ListedType>();
  const custom = { ...types, data: types.data?.filter((type) => type.custom) };
  const builtIn = { ...types, data: types.data?.filter((type) => !type.custom) };
  const cells = (type: ListedType) => (
    <>
      <Table.Td>
        <Group gap="sm" wrap="nowrap">
          <TypeIcon type={type} />
          <Text fw={530} component="div">
            <Foreign text={type.label} lines={2} />
          </Text>
        </Group>
      </Table.Td>
      <Table.Td className={roomy}>
        <Code>
          <Foreign text={type.name} />
        </Code>
      </Table.Td>
      <Table.Td>
        <Badge variant="light" color={CATEGORY_COLOURS[type.category]} tt="none" fw={550}>
          {CATEGORY_LABELS[type.category]}
        </Badge>
      </Table.Td>
    </>
  );
  return (
    <>
      <PageHeader
        title="Event types"
        lead="An activity is taken only when its type is in this catalogue. Register your own before you send it."
        actions={
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={register.open}>
            Register type
          </Button>
        }
      />
      <Stack gap="lg">
        <section aria-labelledby="types-custom">
          <Title order={2} id="types-custom" mb="xs">
            Of this workspace
          </Title>
          <TablePaper
            query={custom}
            what="the event types"
            columns={['Type', { label: 'Name', roomy: true }, 'Category', null]}
            empty={<NoTypes onRegister={register.open} />}
            row={(type) => (
              <Table.Tr key={type.name}>
                {cells(type)}
                <Table.Td ta="right">
                  <Button
                    size="compact-sm"
                    variant="default"
                    onClick={() => setRemoving(type)}
                    aria-label={`Remove ${type.label}`}
                  >
                    Remove
                  </Button>
                </Table.Td>
              </Table.Tr>
            )}
          />
        </section>
        <section aria-labelledby="types-built-in">
          <Title order={2} id="types-built-in" mb="xs">
            Built in
          </Title>
          <TablePaper
            query={builtIn}
            what="the event types"
            columns={['Type', { label: 'Name', roomy: true }, 'Category']}
            empty={null}
            row={(type) => <Table.Tr key={type.name}>{cells(type)}</Table.Tr>}
          />
        </section>
      </Stack>
      <RegisterType opened={registering} onClose={register.close} />
      <RemoveType target={removing} onClose={() => setRemoving(undefined)} />
    </>
  );
}
