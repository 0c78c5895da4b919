'use client';

import { Button, Group, Paper, Progress, Text } from '@mantine/core';
import { useEffect } from 'react';
import { trpc } from '../../trpc/client.ts';
import { toastError } from '../../ui/toast.ts';
import { useQueueChanged } from './use-queue.ts';

const REFRESH = 700;

interface ReplayBarProps {
  readonly id: string;
  readonly onClose: () => void;
}

function inWords(count: number): string {
  return count.toLocaleString('en');
}

/** How far a replay of many is. */
export function ReplayBar({ id, onClose }: ReplayBarProps) {
  const changed = useQueueChanged();
  const { data } = trpc.retryQueue.progress.useQuery(
    { id },
    { refetchInterval: (query) => (query.state.data?.state === 'running' || !query.state.data ? REFRESH : false) },
  );
  const cancel = trpc.retryQueue.cancel.useMutation({
    onError: (error) => toastError('The replay could not be ended', error),
    onSettled: changed,
  });
  const isRunning = data === undefined || data.state === 'running';
  useEffect(() => {
    if (!isRunning) changed();
  }, [isRunning, changed]);
  if (!data) return null;
  const { total, processed, succeeded, failed, state } = data;
  const share = total === 0 ? 100 : (processed / total) * 100;
  const words = { running: 'Replaying', done: 'Replayed', cancelled: 'Ended early:' }[state];
  return (
    <Paper withBorder p="sm" mb="sm" role="status" aria-label="Replay">
      <Group justify="space-between" mb={6} gap="xs">
        <Text size="sm">
          {`${words} ${inWords(processed)} of ${inWords(total)}: ${inWords(succeeded)} in the book`}
          {failed > 0 && `, ${inWords(failed)} refused again`}
        </Text>
        {isRunning ? (
          <Button size="compact-sm" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({ id })}>
            Stop
          </Button>
        ) : (
          <Button size="compact-sm" variant="subtle" color="gray" onClick={onClose}>
            Close
          </Button>
        )}
      </Group>
      <Progress value={share} color={failed > 0 ? 'orange' : 'teal'} animated={isRunning} aria-label="Share replayed" />
    </Paper>
  );
}
