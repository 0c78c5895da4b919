'use client';

import { Button } from '@mantine/core';
import { IconPencil, IconRefresh, IconTrash } from '@tabler/icons-react';
import type { MassFilter } from '#domain/quarantine.ts';
import { trpc } from '../../trpc/client.ts';
import { toastError } from '../../ui/toast.ts';
import { useQueueChanged } from './use-queue.ts';

/** The events that something is done to at once. */
export interface Many {
  readonly filter: MassFilter;
  readonly count: number;
  /** How they came about: all that wait, those that match the filters, those that were selected. */
  readonly are: 'all' | 'matching' | 'selected';
}

interface ManyActionsProps {
  readonly many: Many;
  readonly onDiscard: () => void;
  readonly onCorrect: () => void;
  readonly onBegun: (replayId: string) => void;
}

/** Discard, correct or replay many. */
export function ManyActions({ many, onDiscard, onCorrect, onBegun }: ManyActionsProps) {
  const changed = useQueueChanged();
  const replay = trpc.retryQueue.replayAll.useMutation({
    onSuccess: ({ id }) => onBegun(id),
    onError: (error) => toastError('The replay did not begin', error),
    onSettled: changed,
  });
  const them = inWords(many);
  return (
    <>
      <Button variant="default" leftSection={<IconTrash size={16} aria-hidden />} onClick={onDiscard}>
        {`Discard ${them}`}
      </Button>
      <Button variant="default" leftSection={<IconPencil size={16} aria-hidden />} onClick={onCorrect}>
        {`Correct ${them}`}
      </Button>
      <Button
        leftSection={<IconRefresh size={16} aria-hidden />}
        loading={replay.isPending}
        onClick={() => replay.mutate({ filter: many.filter })}
      >
        {`Replay ${them}`}
      </Button>
    </>
  );
}

function inWords({ are, count }: Many): string {
  const number = count.toLocaleString('en');
  if (are === 'all') return 'all';
  if (are === 'selected') return `${number} selected`;
  return count === 1 ? 'this one' : `these ${number}`;
}
