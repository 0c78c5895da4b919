'use client';

import { ActionIcon, Badge, Button, Checkbox, Code, Group, Table, Text } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import type { QuarantineView } from '#domain/quarantine.ts';
import { refusalInWords } from '#domain/refusal-words.ts';
import { When } from '../../time/when.tsx';
import { trpc } from '../../trpc/client.ts';
import { Foreign } from '../../ui/foreign.tsx';
import { toastDone, toastError } from '../../ui/toast.ts';
import { useTypes } from '../activity/use-types.ts';
import { EntryDetails } from './entry-details.tsx';
import classes from './queue.module.css';
import { referenceValue } from './unknown-lead.tsx';
import { useQueueChanged } from './use-queue.ts';

const MAX_ISSUES = 3;

interface QueueRowProps {
  readonly entry: QuarantineView;
  readonly onDiscard: (target: { id: string; name: string }) => void;
  /** There when it can be selected. */
  readonly select?: { readonly isSelected: boolean; readonly set: (isSelected: boolean) => void };
}

/** One event in quarantine; opens to its body. */
export function QueueRow({ entry, onDiscard, select }: QueueRowProps) {
  const [opened, setOpened] = useState(false);
  const { show } = useTypes();
  const changed = useQueueChanged();
  const replay = trpc.retryQueue.replay.useMutation({
    onSuccess: () => toastDone('The event is in the book'),
    onError: (error) => toastError('Refused again', error),
    onSettled: changed,
  });
  const restore = trpc.retryQueue.restore.useMutation({
    onSuccess: () => toastDone('The event waits again'),
    onError: (error) => toastError('Not restored', error),
    onSettled: changed,
  });
  const name = entry.type === null ? 'Event without a type' : show(entry.type).label;
  return (
    <>
      <Table.Tr data-selected={select?.isSelected || undefined}>
        {select && (
          <Table.Td className={classes.select}>
            <Checkbox
              size="xs"
              aria-label={`Select ${name}`}
              checked={select.isSelected}
              onChange={(event) => select.set(event.currentTarget.checked)}
            />
          </Table.Td>
        )}
        <Table.Td>
          <Group gap={6} wrap="nowrap" align="flex-start">
            <ActionIcon
              size="sm"
              aria-expanded={opened}
              aria-label={`${opened ? 'Hide' : 'Show'} details of ${name}`}
              onClick={() => setOpened(!opened)}
            >
              <IconChevronRight size={16} className={classes.chevron} data-opened={opened || undefined} aria-hidden />
            </ActionIcon>
            <div className={classes.event}>
              <Text fw={530} component="span">
                {name}
              </Text>{' '}
              {entry.repeats > 0 && (
                <Badge size="sm" variant="light" color="gray" tt="none">
                  {repetition(entry)}
                </Badge>
              )}
              {entry.isEdited && (
                <Badge size="sm" variant="light" color="blue" tt="none">
                  corrected
                </Badge>
              )}
              <Text size="xs" c="dimmed" component="div">
                {entry.source === null ? 'No source' : <Foreign text={entry.source} lines={2} />}
              </Text>
              <div className={classes.narrow}>
                <Why entry={entry} />
              </div>
            </div>
          </Group>
        </Table.Td>
        <Table.Td className={`${classes.why} ${classes.roomy}`}>
          <Why entry={entry} />
        </Table.Td>
        <Table.Td className={`${classes.when} ${classes.roomy}`}>
          <When at={entry.receivedAt} />
        </Table.Td>
        <Table.Td className={`${classes.when} ${classes.roomy}`}>
          <Next entry={entry} />
        </Table.Td>
        <Table.Td>
          <Group gap={6} justify="flex-end" wrap="nowrap">
            {entry.state === 'waiting' && (
              <>
                {entry.unknownLead ? (
                  <Button size="compact-sm" variant="default" onClick={() => setOpened(true)} disabled={opened}>
                    Find its lead
                  </Button>
                ) : (
                  <Button
                    size="compact-sm"
                    variant="default"
                    loading={replay.isPending}
                    onClick={() => replay.mutate({ id: entry.id })}
                    aria-label={`Replay ${name}`}
                  >
                    Replay
                  </Button>
                )}
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => onDiscard({ id: entry.id, name })}
                  aria-label={`Discard ${name}`}
                  className={classes.roomy ?? ''}
                >
                  Discard
                </Button>
              </>
            )}
            {entry.state === 'discarded' && (
              <Button
                size="compact-sm"
                variant="default"
                loading={restore.isPending}
                onClick={() => restore.mutate({ id: entry.id })}
                aria-label={`Restore ${name}`}
              >
                Restore
              </Button>
            )}
          </Group>
        </Table.Td>
      </Table.Tr>
      {opened && (
        <Table.Tr className={classes.details}>
          <Table.Td colSpan={select ? 6 : 5}>
            <EntryDetails entry={entry} />
            {entry.state === 'waiting' && (
              <div className={classes.narrow}>
                <Button size="compact-sm" variant="default" onClick={() => onDiscard({ id: entry.id, name })}>
                  Discard
                </Button>
              </div>
            )}
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}

function repetition({ unknownLead, repeats }: QuarantineView): string {
  const count = (repeats + 1).toLocaleString('en');
  if (unknownLead) return `${count} events`;
  return repeats === 1 ? 'came twice' : `came ${count} times`;
}

function Why({ entry }: { readonly entry: QuarantineView }) {
  const shown = entry.issues.slice(0, MAX_ISSUES);
  if (entry.unknownLead) {
    return (
      <>
        <Text size="sm">Lead unknown for too long</Text>
        <Code className={classes.path ?? ''}>{referenceValue(entry.unknownLead)}</Code>
      </>
    );
  }
  return (
    <>
      <Text size="sm">{refusalInWords(entry.code)}</Text>
      {shown.map(({ path, message }) => (
        <Text key={`${path} ${message}`} size="xs" c="dimmed" lineClamp={2}>
          {path && (
            <>
              <Code className={classes.path ?? ''}>{path}</Code>{' '}
            </>
          )}
          {message}
        </Text>
      ))}
      {entry.issues.length > MAX_ISSUES && (
        <Text size="xs" c="dimmed">{`and ${entry.issues.length - MAX_ISSUES} more`}</Text>
      )}
    </>
  );
}

function Next({ entry }: { readonly entry: QuarantineView }) {
  if (entry.state !== 'waiting') return entry.resolvedAt ? <When at={entry.resolvedAt} /> : null;
  if (entry.nextRetryAt) return <When at={entry.nextRetryAt} />;
  return (
    <Text size="sm" c="dimmed">
      {entry.unknownLead ? 'When it appears' : 'By hand'}
    </Text>
  );
}
