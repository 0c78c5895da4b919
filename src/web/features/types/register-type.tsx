'use client';

import { Button, ColorSwatch, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { schemaResolver, useForm } from '@mantine/form';
import { customTypeInput, TYPE_COLOURS } from '#domain/catalogue/custom-type.ts';
import { CATEGORIES, CATEGORY_LABELS, type Category, ICONS, type IconName } from '#domain/catalogue/index.ts';
import { trpc } from '../../trpc/client.ts';
import { FormError } from '../../ui/form-error.tsx';
import { toastDone } from '../../ui/toast.ts';
import { IconDrawing, TypeIcon } from '../../ui/type-icon.tsx';

interface RegisterTypeProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

type Colour = (typeof TYPE_COLOURS)[number];

interface Values {
  name: string;
  label: string;
  category: Category;
  icon: IconName;
  colour: Colour;
}

const INITIAL: Values = { name: '', label: '', category: 'SYSTEM', icon: 'tag', colour: 'gray' };
const LABELS = { name: 'Name', label: 'Label', category: 'Category', icon: 'Icon', colour: 'Colour' };

function inWords(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ');
}

/** Registers a type of the workspace's own: from then on activities of it are taken. */
export function RegisterType({ opened, onClose }: RegisterTypeProps) {
  const utils = trpc.useUtils();
  const form = useForm<Values>({ initialValues: INITIAL, validate: schemaResolver(customTypeInput, { sync: true }) });
  const close = () => {
    onClose();
    form.reset();
    register.reset();
  };
  const register = trpc.types.register.useMutation({
    onSuccess: (type) => {
      toastDone(`${type.label} is registered`);
      void utils.types.list.invalidate();
      close();
    },
  });
  const { icon, colour, label } = form.values;
  return (
    <Modal opened={opened} onClose={close} title="Register event type">
      <form onSubmit={form.onSubmit((values) => register.mutate(values))} noValidate>
        <Stack gap="md">
          <TextInput
            label="Name"
            description="What programs send as eventType"
            placeholder="WEBINAR_ATTENDED"
            required
            {...form.getInputProps('name')}
            data-autofocus
          />
          <TextInput
            label="Label"
            description="What people read"
            placeholder="Webinar attended"
            required
            {...form.getInputProps('label')}
          />
          <Select
            label="Category"
            data={CATEGORIES.map((value) => ({ value, label: CATEGORY_LABELS[value] }))}
            allowDeselect={false}
            {...form.getInputProps('category')}
          />
          <Group grow>
            <Select
              label="Icon"
              data={ICONS.map((value) => ({ value, label: inWords(value) }))}
              leftSection={<IconDrawing name={icon} />}
              renderOption={({ option }) => (
                <Group gap="xs">
                  <IconDrawing name={ICONS.find((name) => name === option.value) ?? 'tag'} />
                  {option.label}
                </Group>
              )}
              searchable
              allowDeselect={false}
              {...form.getInputProps('icon')}
            />
            <Select
              label="Colour"
              data={TYPE_COLOURS.map((value) => ({ value, label: inWords(value) }))}
              leftSection={<ColorSwatch size={14} color={`var(--mantine-color-${colour}-filled)`} />}
              renderOption={({ option }) => (
                <Group gap="xs">
                  <ColorSwatch size={14} color={`var(--mantine-color-${option.value}-filled)`} />
                  {option.label}
                </Group>
              )}
              allowDeselect={false}
              {...form.getInputProps('colour')}
            />
          </Group>
          <Group gap="sm" aria-live="polite">
            <TypeIcon type={{ icon, colour }} />
            <Text fw={560}>{label.trim() || 'How it will look'}</Text>
          </Group>
          <FormError error={register.error} labels={LABELS} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={register.isPending}>
              Register type
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
