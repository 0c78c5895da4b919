'use client';

import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { isEmail, isNotEmpty, useForm } from '@mantine/form';
import { WORKSPACE_ROLES, type WorkspaceRole } from '#domain/roles.ts';
import { roleLabel } from '../../session/role-label.ts';
import { trpc } from '../../trpc/client.ts';
import { FormError } from '../../ui/form-error.tsx';
import { SecretOnce } from '../../ui/secret-once.tsx';
import { toastDone } from '../../ui/toast.ts';

interface AddMemberProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

const INITIAL: { email: string; name: string; role: WorkspaceRole } = { email: '', name: '', role: 'PM' };
const LABELS = { name: 'Name', email: 'E-mail', role: 'Role' };

/** Adds a person. A new account gets a password that is shown once; an existing one keeps its own. */
export function AddMember({ opened, onClose }: AddMemberProps) {
  const utils = trpc.useUtils();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: INITIAL,
    validate: {
      email: isEmail('Write an e-mail address, such as name@example.com'),
      name: isNotEmpty('Write a name'),
    },
  });
  const close = () => {
    onClose();
    form.reset();
    create.reset();
  };
  const create = trpc.members.create.useMutation({
    onSuccess: ({ member, oneTimePassword }) => {
      void utils.members.list.invalidate();
      if (oneTimePassword !== null) return;
      toastDone(`${member.name} has an account already and can now enter this workspace`);
      close();
    },
  });
  const password = create.data?.oneTimePassword ?? null;
  return (
    <>
      <Modal opened={opened && password === null} onClose={close} title="Add member">
        <form onSubmit={form.onSubmit((values) => create.mutate(values))} noValidate>
          <Stack gap="md">
            <TextInput
              label="Name"
              required
              maxLength={100}
              key={form.key('name')}
              {...form.getInputProps('name')}
              data-autofocus
            />
            <TextInput label="E-mail" type="email" required key={form.key('email')} {...form.getInputProps('email')} />
            <Select
              label="Role"
              data={WORKSPACE_ROLES.map((role) => ({ value: role, label: roleLabel(role) }))}
              allowDeselect={false}
              key={form.key('role')}
              {...form.getInputProps('role')}
            />
            <FormError error={create.error} labels={LABELS} />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" loading={create.isPending}>
                Add member
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
      <SecretOnce
        opened={opened && password !== null}
        onClose={close}
        title={`Password of ${create.data?.member.name ?? ''}`}
        what="password"
        secret={password ?? ''}
      >
        Hand it to {create.data?.member.email} in a safe way. It opens one page alone: the one on which the person
        chooses another password.
      </SecretOnce>
    </>
  );
}
