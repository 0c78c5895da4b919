'use client';

import { ActionIcon, Badge, Button, Group, Modal, Paper, Stack, Text, Textarea, Title } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { type Outputs, trpc } from '../../trpc/client.ts';
import { FormError } from '../../ui/form-error.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { LoadError } from '../../ui/states.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { toastDone, toastError } from '../../ui/toast.ts';
import classes from './imports.module.css';

type Known = Outputs['imports']['mappings'][number];

/** How files are to be understood: the mappings that come with the program, and the workspace's own. */
export function Mappings() {
  const query = trpc.imports.mappings.useQuery();
  const [shown, setShown] = useState<Known>();
  const [adding, setAdding] = useState(false);
  return (
    <section aria-label="Mappings">
      <Group justify="space-between" mt="xl" mb="xs">
        <Title order={2}>Mappings</Title>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setAdding(true)}
        >
          Add mapping
        </Button>
      </Group>
      {query.isError && !query.data && <LoadError error={query.error} what="the mappings" onRetry={query.refetch} />}
      {query.isPending && <TableSkeleton what="the mappings" />}
      <Stack gap="xs">
        {query.data?.map((known) => (
          <MappingLine key={known.mapping.name} known={known} onShow={() => setShown(known)} />
        ))}
      </Stack>
      <Modal opened={shown !== undefined} onClose={() => setShown(undefined)} title={shown?.mapping.name} size="xl">
        {shown && <JsonView value={shown.mapping} label={`Mapping ${shown.mapping.name}`} />}
      </Modal>
      <AddMapping opened={adding} onClose={() => setAdding(false)} />
    </section>
  );
}

function MappingLine({ known, onShow }: { readonly known: Known; readonly onShow: () => void }) {
  const { mapping, isPreset } = known;
  const utils = trpc.useUtils();
  const remove = trpc.imports.removeMapping.useMutation({
    onSuccess: () => toastDone(`${mapping.name} is removed`),
    onError: (error) => toastError('Not removed', error),
    onSettled: () => void utils.imports.mappings.invalidate(),
  });
  return (
    <Paper withBorder p="sm" className={classes.paper}>
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <div className={classes.name}>
          <Group gap="xs">
            <Text fw={530}>{mapping.name}</Text>
            {isPreset && (
              <Badge size="sm" variant="light" color="gray" tt="none">
                Built in
              </Badge>
            )}
          </Group>
          {mapping.description && (
            <Text size="sm" c="dimmed">
              {mapping.description}
            </Text>
          )}
        </div>
        <Group gap={6} wrap="nowrap">
          <Button size="compact-sm" variant="default" onClick={onShow} aria-label={`Show ${mapping.name}`}>
            Show
          </Button>
          {!isPreset && (
            <ActionIcon
              aria-label={`Remove ${mapping.name}`}
              loading={remove.isPending}
              onClick={() => remove.mutate({ name: mapping.name })}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          )}
        </Group>
      </Group>
    </Paper>
  );
}

function AddMapping({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const utils = trpc.useUtils();
  const [text, setText] = useState('');
  const close = () => {
    setText('');
    save.reset();
    onClose();
  };
  const save = trpc.imports.saveMapping.useMutation({
    onSuccess: ({ name }) => {
      toastDone(`${name} is kept`);
      void utils.imports.mappings.invalidate();
      close();
    },
  });
  return (
    <Modal opened={opened} onClose={close} title="Add mapping" size="lg">
      <Stack gap="md">
        <Textarea
          label="Mapping"
          description="JSON; begin with one that is there, under another name"
          className={classes.editor ?? ''}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          autosize
          minRows={10}
          maxRows={24}
          data-autofocus
        />
        <FormError error={save.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button disabled={text.trim() === ''} loading={save.isPending} onClick={() => save.mutate({ text })}>
            Keep
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
