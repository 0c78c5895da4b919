'use client';

import { Button, Group, Modal, NumberInput, Stack, TextInput } from '@mantine/core';
import { isInRange, isNotEmpty, useForm } from '@mantine/form';
import type { CampaignView } from '#domain/lead-view.ts';
import { trpc } from '../../trpc/client.ts';
import { FormError } from '../../ui/form-error.tsx';
import { toastDone } from '../../ui/toast.ts';

interface CampaignDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** The one to change; undefined to create one. */
  readonly campaign: CampaignView | undefined;
}

const LONGEST = 10_000;
const LABELS = { name: 'Name', key: 'Key', steps: 'Steps' };

/** Name and number of steps of a campaign. Its key, which programs know it by, is chosen once. */
export function CampaignDialog({ opened, onClose, campaign }: CampaignDialogProps) {
  const utils = trpc.useUtils();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name: campaign?.name ?? '', key: '', steps: campaign?.steps || 1 },
    validate: {
      name: isNotEmpty('Write a name'),
      steps: isInRange({ min: 1, max: LONGEST }, `A whole number from 1 to ${LONGEST.toLocaleString('en')}`),
    },
  });
  const close = () => {
    onClose();
    form.reset();
    create.reset();
    update.reset();
  };
  const done = (message: string) => {
    toastDone(message);
    void utils.campaigns.list.invalidate();
    close();
  };
  const create = trpc.campaigns.create.useMutation({ onSuccess: (answer) => done(`${answer.campaign.name} is there`) });
  const update = trpc.campaigns.update.useMutation({ onSuccess: () => done('Saved') });
  const submit = form.onSubmit(({ name, key, steps }) => {
    if (campaign) update.mutate({ id: campaign.id, name, steps });
    else create.mutate({ name, steps, ...(key.trim() && { key: key.trim() }) });
  });
  return (
    <Modal opened={opened} onClose={close} title={campaign ? `Edit ${campaign.name}` : 'Create campaign'}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <TextInput
            label="Name"
            required
            maxLength={200}
            key={form.key('name')}
            {...form.getInputProps('name')}
            data-autofocus
          />
          {!campaign && (
            <TextInput
              label="Key"
              description="What workflows call it by; made from the name when left empty"
              placeholder="problem_mapping"
              key={form.key('key')}
              {...form.getInputProps('key')}
            />
          )}
          <NumberInput
            label="Steps"
            min={1}
            max={LONGEST}
            allowDecimal={false}
            key={form.key('steps')}
            {...form.getInputProps('steps')}
          />
          <FormError error={campaign ? update.error : create.error} labels={LABELS} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending || update.isPending}>
              {campaign ? 'Save' : 'Create campaign'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
