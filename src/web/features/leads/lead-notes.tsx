'use client';

import { Paper, Stack, Text } from '@mantine/core';
import { IconNote } from '@tabler/icons-react';
import { When } from '../../time/when.tsx';
import { trpc } from '../../trpc/client.ts';
import { LoadError, Nothing } from '../../ui/states.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import classes from './lead-page.module.css';
import { NoteForm } from './note-form.tsx';

const REFRESH = 30_000;

interface LeadNotesProps {
  readonly leadId: string;
  readonly mayWrite: boolean;
}

/** What people wrote about a lead, newest first. */
export function LeadNotes({ leadId, mayWrite }: LeadNotesProps) {
  const notes = trpc.leads.notes.useQuery({ leadId }, { refetchInterval: REFRESH });
  return (
    <Stack gap="md">
      {mayWrite && (
        <Paper withBorder p="md" className={classes.paper}>
          <NoteForm leadId={leadId} />
        </Paper>
      )}
      {notes.isError && !notes.data && (
        <LoadError error={notes.error} what="the notes" onRetry={notes.refetch} retrying={notes.isFetching} />
      )}
      {notes.isPending && <TableSkeleton what="notes" />}
      {notes.data?.length === 0 && (
        <Paper withBorder className={classes.paper}>
          <Nothing
            icon={<IconNote size={26} stroke={1.5} aria-hidden />}
            title="No notes yet"
            description="Notes are for people: what was said on the phone, what to keep in mind."
          />
        </Paper>
      )}
      {notes.data?.map((note) => (
        <Paper key={note.id} component="article" withBorder p="md" className={classes.paper}>
          <Text size="sm" c="dimmed" mb={4}>
            <Text span size="sm" fw={550} c="var(--mantine-color-text)">
              {note.author?.name ?? 'A service'}
            </Text>
            {' · '}
            <When at={note.createdAt} />
          </Text>
          <Text className={classes.note} dir="auto">
            {note.body}
          </Text>
        </Paper>
      ))}
    </Stack>
  );
}
