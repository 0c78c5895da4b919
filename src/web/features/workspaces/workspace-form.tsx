'use client';

import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { isNotEmpty, useForm } from '@mantine/form';
import { timeZones } from '../../time/zoned.ts';
import { FormError } from '../../ui/form-error.tsx';

export interface WorkspaceValues {
  readonly name: string;
  readonly timeZone: string;
}

interface WorkspaceFormProps {
  readonly initial: WorkspaceValues;
  readonly action: string;
  readonly pending: boolean;
  readonly error: unknown;
  readonly onSubmit: (values: WorkspaceValues) => void;
  readonly onCancel?: () => void;
}

const LABELS = { name: 'Name', timeZone: 'Time zone' };

/** Name and time zone of a workspace. */
export function WorkspaceForm(props: WorkspaceFormProps) {
  const { initial, action, pending, error, onSubmit, onCancel } = props;
  const form = useForm({ initialValues: initial, validate: { name: isNotEmpty('Write a name') } });
  const zones = timeZones();
  const listed = zones.includes(initial.timeZone) ? zones : [initial.timeZone, ...zones];
  return (
    <form onSubmit={form.onSubmit(onSubmit)} noValidate>
      <Stack gap="md">
        <TextInput label="Name" required maxLength={100} {...form.getInputProps('name')} />
        <Select
          label="Time zone"
          description="Days begin and end, and times are shown, by the clocks of this zone"
          data={listed}
          searchable
          allowDeselect={false}
          nothingFoundMessage="No such time zone"
          limit={200}
          {...form.getInputProps('timeZone')}
        />
        <FormError error={error} labels={LABELS} />
        <Group justify="flex-end" gap="xs">
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              Cancel
            </Button>
          )}
          <Button type="submit" loading={pending}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
