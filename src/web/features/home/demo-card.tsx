'use client';

import { Button, Group, Paper, Text, Title } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { usePermission } from '../../session/session.tsx';
import { DemoBadge } from '../../shell/demo-badge.tsx';
import { trpc } from '../../trpc/client.ts';
import { toastError } from '../../ui/toast.ts';
import { RemoveDemo } from '../workspaces/remove-demo.tsx';
import classes from './home.module.css';

const PLAY_MINUTES = 5;
const LOOK_EVERY = 15_000;

/** Starts and stops live traffic, so that a newcomer sees the feed move. */
function PlayButton() {
  const utils = trpc.useUtils();
  const status = trpc.demo.status.useQuery(undefined, { refetchInterval: LOOK_EVERY });
  const then = {
    onError: (error: unknown) => toastError('The demo traffic does not obey', error),
    onSettled: () => void utils.demo.status.invalidate(),
  };
  const play = trpc.demo.play.useMutation(then);
  const stop = trpc.demo.stop.useMutation(then);
  const pending = play.isPending || stop.isPending;
  if (status.data?.isPlaying) {
    return (
      <Button
        variant="default"
        leftSection={<IconPlayerStop size={15} aria-hidden />}
        onClick={() => stop.mutate()}
        loading={pending}
      >
        Stop live traffic
      </Button>
    );
  }
  return (
    <Button
      leftSection={<IconPlayerPlay size={15} aria-hidden />}
      onClick={() => play.mutate({ minutes: PLAY_MINUTES })}
      loading={pending}
      disabled={!status.data}
    >
      Play live traffic
    </Button>
  );
}

/** Says that nothing here is real, and offers what can be done with it. */
export function DemoCard() {
  const mayManage = usePermission('workspace:manage');
  return (
    <Paper component="section" withBorder p="md" className={classes.demo} aria-labelledby="demo-card">
      <Group justify="space-between" gap="sm">
        <div className={classes.words}>
          <Group gap={8}>
            <Title order={2} id="demo-card">
              A demo workspace
            </Title>
            <DemoBadge />
          </Group>
          <Text size="sm" c="dimmed">
            The people and their history are made up, so that you can look around.
            {mayManage && ` Live traffic goes through the real API for ${PLAY_MINUTES} minutes.`}
          </Text>
        </div>
        {mayManage && (
          <Group gap="xs">
            <PlayButton />
            <RemoveDemo />
          </Group>
        )}
      </Group>
    </Paper>
  );
}
