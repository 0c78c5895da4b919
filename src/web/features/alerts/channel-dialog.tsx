'use client';

import { Button, Group, Modal, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { type ChannelType, type ChannelView, channelInput } from '#domain/alert.ts';
import { safeParse } from '#domain/issues.ts';
import { trpc } from '../../trpc/client.ts';
import { FormError } from '../../ui/form-error.tsx';
import { toastDone } from '../../ui/toast.ts';
import { ChannelSecret } from './channel-secret.tsx';

interface ChannelDialogProps {
  /** Undefined for a new one. */
  readonly channel: ChannelView | undefined;
  readonly onClose: () => void;
}

interface Values {
  name: string;
  type: ChannelType;
  url: string;
}

const PLACEHOLDERS = { slack: 'https://hooks.slack.com/services/…', webhook: 'https://alerts.example.com/…' } as const;
const HINTS = {
  slack: 'In Slack: Apps, Incoming WebHooks, Add to a channel; paste the address it gives you',
  webhook: 'Gets a signed POST with JSON for every alert',
} as const;

function issueOf(field: 'name' | 'url', value: string): string | null {
  const parsed = safeParse(channelInput.shape[field], value);
  const message = parsed.success ? undefined : parsed.issues[0]?.message;
  return message === undefined ? null : `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
}

/** Adds a channel, or changes its name and address. The address is never shown again. */
export function ChannelDialog({ channel, onClose }: ChannelDialogProps) {
  const utils = trpc.useUtils();
  const form = useForm<Values>({
    initialValues: { name: channel?.name ?? '', type: channel?.type ?? 'slack', url: '' },
    validate: {
      name: (value) => issueOf('name', value),
      url: (value) => (channel && value === '' ? null : issueOf('url', value)),
    },
  });
  const onSettled = () => void utils.alerts.invalidate();
  const create = trpc.alerts.createChannel.useMutation({
    onSettled,
    onSuccess: ({ secret }) => {
      if (secret !== null) return;
      toastDone('The channel is added. Press Test to see whether messages arrive');
      onClose();
    },
  });
  const update = trpc.alerts.updateChannel.useMutation({
    onSettled,
    onSuccess: () => {
      toastDone('The channel is saved');
      onClose();
    },
  });
  const submit = form.onSubmit(({ name, type, url }) => {
    if (channel) update.mutate({ id: channel.id, name, ...(url && { url }) });
    else create.mutate({ name, type, url });
  });
  if (create.data?.secret) return <ChannelSecret created={create.data} onClose={onClose} />;
  const { type } = form.values;
  const address = channel ? 'New address' : 'Address';
  return (
    <Modal opened onClose={onClose} title={channel ? `Edit ${channel.name}` : 'Add channel'}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          {!channel && (
            <SegmentedControl
              aria-label="Type"
              data={[
                { value: 'slack', label: 'Slack' },
                { value: 'webhook', label: 'Webhook' },
              ]}
              {...form.getInputProps('type')}
            />
          )}
          <TextInput
            label="Name"
            placeholder="#devops"
            required
            maxLength={100}
            {...form.getInputProps('name')}
            data-autofocus
          />
          <TextInput
            label={address}
            description={channel ? 'Leave it empty to keep the one there is, which cannot be shown' : HINTS[type]}
            placeholder={PLACEHOLDERS[type]}
            required={!channel}
            autoComplete="off"
            {...form.getInputProps('url')}
          />
          <FormError error={create.error ?? update.error} labels={{ name: 'Name', url: address }} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending || update.isPending}>
              {channel ? 'Save channel' : 'Add channel'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
