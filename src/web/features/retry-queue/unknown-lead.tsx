'use client';

import { Alert, Anchor, Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { IconUserQuestion } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { leadName } from '#domain/lead.ts';
import type { QuarantineView } from '#domain/quarantine.ts';
import { trpc } from '../../trpc/client.ts';
import { FormError } from '../../ui/form-error.tsx';
import { toastDone } from '../../ui/toast.ts';
import { useQueueChanged } from './use-queue.ts';

const PAUSE = 250;
const FOUND = 20;

/** The value of a reference: recA of airtable:recA. */
export function referenceValue(reference: string): string {
  return reference.slice(reference.indexOf(':') + 1);
}

interface UnknownLeadProps {
  readonly entry: QuarantineView;
  readonly reference: string;
}

/** Asks whose the events under a reference are: one of the leads there are, or a new one. */
export function UnknownLead({ entry, reference }: UnknownLeadProps) {
  const [creating, creation] = useDisclosure();
  const [leadId, setLeadId] = useState<string | null>(null);
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search.trim(), PAUSE);
  const changed = useQueueChanged();
  const leads = trpc.leads.list.useQuery(
    { ...(asked && { search: asked }), limit: FOUND },
    { placeholderData: keepPreviousData },
  );
  const link = trpc.retryQueue.linkLead.useMutation({
    onSuccess: () => toastDone('Linked: its events are in the lead’s history'),
    onSettled: changed,
  });
  const value = referenceValue(reference);
  const events = entry.repeats === 0 ? 'An event is' : `${(entry.repeats + 1).toLocaleString('en')} events are`;
  const options = (leads.data?.rows ?? []).map((lead) => ({
    value: lead.id,
    label: [leadName(lead), lead.email ?? lead.phone].filter(Boolean).join(' · '),
  }));
  return (
    <Alert color="gray" icon={<IconUserQuestion size={18} aria-hidden />} title="Whose is it?">
      <Stack gap="sm">
        <Text size="sm">
          {`${events} in the book under `}
          <Anchor component={Link} size="sm" href={`/admin/activity-logs?range=all&q=${encodeURIComponent(value)}`}>
            {value}
          </Anchor>
          , and no lead has appeared for it. Say whose it is, create the lead, or discard the question with a reason;
          the events stay as they are.
        </Text>
        <Group gap="xs" align="flex-end">
          <Select
            label="Lead"
            placeholder="Name, e-mail or phone"
            data={options}
            value={leadId}
            onChange={setLeadId}
            searchValue={search}
            onSearchChange={setSearch}
            filter={({ options: found }) => found}
            nothingFoundMessage={leads.isFetching ? 'Searching …' : 'No such lead'}
            searchable
            clearable
            miw={260}
          />
          <Button
            disabled={leadId === null}
            loading={link.isPending}
            onClick={() => leadId !== null && link.mutate({ id: entry.id, leadId })}
          >
            Link
          </Button>
          <Button variant="default" onClick={creation.open}>
            Create the lead
          </Button>
        </Group>
        <FormError error={link.error ?? leads.error} labels={{ leadId: 'Lead', search: 'Lead' }} />
      </Stack>
      <CreateLead entry={entry} value={value} opened={creating} onClose={creation.close} />
    </Alert>
  );
}

interface CreateLeadProps {
  readonly entry: QuarantineView;
  readonly value: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}

const LABELS = { firstName: 'First name', lastName: 'Last name', company: 'Company' };

function CreateLead({ entry, value, opened, onClose }: CreateLeadProps) {
  const changed = useQueueChanged();
  const form = useForm({ initialValues: { firstName: '', lastName: '', company: '' } });
  const close = () => {
    onClose();
    form.reset();
    create.reset();
  };
  const create = trpc.retryQueue.createLead.useMutation({
    onSuccess: () => {
      toastDone('The lead is there, with its history');
      close();
    },
    onSettled: changed,
  });
  const submit = (values: typeof form.values) => {
    const given = Object.fromEntries(Object.entries(values).filter(([, text]) => text.trim() !== ''));
    create.mutate({ id: entry.id, lead: given });
  };
  return (
    <Modal opened={opened} onClose={close} title={`New lead for ${value}`}>
      <form onSubmit={form.onSubmit(submit)}>
        <Stack gap="md">
          <TextInput label="First name" maxLength={200} data-autofocus {...form.getInputProps('firstName')} />
          <TextInput label="Last name" maxLength={200} {...form.getInputProps('lastName')} />
          <TextInput label="Company" maxLength={200} {...form.getInputProps('company')} />
          <FormError error={create.error} labels={LABELS} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending}>
              Create
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
