'use client';

import { Button, Checkbox, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { isNotEmpty, useForm } from '@mantine/form';
import { KEY_SCOPES, type KeyScope } from '#domain/roles.ts';
import { trpc } from '../../trpc/client.ts';
import { FormError } from '../../ui/form-error.tsx';
import { KeySecret } from './key-secret.tsx';
import { SCOPE_WORDS } from './scopes.ts';

interface CreateKeyProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

const DAY = 86_400_000;
const LIVES = [
  { value: '0', label: 'Never' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
];
const INITIAL: { name: string; scopes: KeyScope[]; days: string } = { name: '', scopes: ['activity:write'], days: '0' };
const LABELS = { name: 'Name', scopes: 'It may', expiresAt: 'Expires' };

/** Makes a key and shows its secret this once. */
export function CreateKey({ opened, onClose }: CreateKeyProps) {
  const utils = trpc.useUtils();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: INITIAL,
    validate: { name: isNotEmpty('Write what the key is for'), scopes: isNotEmpty('Choose at least one') },
  });
  const create = trpc.keys.create.useMutation({ onSuccess: () => void utils.keys.list.invalidate() });
  const close = () => {
    onClose();
    form.reset();
    create.reset();
  };
  const submit = form.onSubmit(({ name, scopes, days }) => {
    const life = Number(days) * DAY;
    create.mutate({ name, scopes, ...(life > 0 && { expiresAt: new Date(Date.now() + life).toISOString() }) });
  });
  return (
    <>
      <Modal opened={opened && !create.data} onClose={close} title="Create service key">
        <form onSubmit={submit} noValidate>
          <Stack gap="md">
            <TextInput
              label="Name"
              description="Which service will hold it"
              placeholder="n8n, SMS scheduler"
              required
              maxLength={100}
              key={form.key('name')}
              {...form.getInputProps('name')}
              data-autofocus
            />
            <Checkbox.Group label="It may" key={form.key('scopes')} {...form.getInputProps('scopes')}>
              <Stack gap={8} mt={6}>
                {KEY_SCOPES.map((scope) => (
                  <Checkbox key={scope} value={scope} label={SCOPE_WORDS[scope]} />
                ))}
              </Stack>
            </Checkbox.Group>
            <Select
              label="Expires"
              data={LIVES}
              allowDeselect={false}
              key={form.key('days')}
              {...form.getInputProps('days')}
            />
            <FormError error={create.error} labels={LABELS} />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" loading={create.isPending}>
                Create key
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
      {create.data && <KeySecret opened={opened} created={create.data} onClose={close} />}
    </>
  );
}
