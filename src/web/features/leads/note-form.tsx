'use client';

import { Button, Group, Stack, Textarea } from '@mantine/core';
import { useRef, useState } from 'react';
import { trpc } from '../../trpc/client.ts';
import { FormError } from '../../ui/form-error.tsx';
import { toastDone } from '../../ui/toast.ts';

const LONGEST = 10_000;

interface NoteFormProps {
  readonly leadId: string;
  readonly onDone?: () => void;
  readonly autoFocus?: boolean;
}

/** Writes a note about a lead. Ctrl or Cmd and Enter send it. What was typed stays until it is kept. */
export function NoteForm({ leadId, onDone, autoFocus = false }: NoteFormProps) {
  const [body, setBody] = useState('');
  // Set at once, unlike state: the second click of a double click must not write the note twice.
  const isSending = useRef(false);
  const utils = trpc.useUtils();
  const add = trpc.leads.addNote.useMutation({
    onSuccess: () => {
      setBody('');
      toastDone('Note added');
      void utils.leads.notes.invalidate({ leadId });
      void utils.leads.byId.invalidate({ id: leadId });
      onDone?.();
    },
    onSettled: () => {
      isSending.current = false;
    },
  });
  const text = body.trim();
  const send = () => {
    if (text === '' || isSending.current) return;
    isSending.current = true;
    add.mutate({ leadId, body: text });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Stack gap="xs">
        <Textarea
          aria-label="Note"
          placeholder="What should others know about this lead?"
          autosize
          minRows={3}
          maxRows={14}
          maxLength={LONGEST}
          value={body}
          onChange={(event) => setBody(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
          }}
          data-autofocus={autoFocus || undefined}
        />
        <FormError error={add.error} labels={{ body: 'Note' }} />
        <Group justify="flex-end">
          <Button type="submit" disabled={text === ''} loading={add.isPending}>
            Add note
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
