'use client';

import { Group, Text, Tooltip } from '@mantine/core';
import { useServerState } from '../status/use-server-state.ts';
import { LIVE_WORDS, SERVER_WORDS } from '../status/words.ts';
import classes from './live-light.module.css';
import { useLiveStatus } from './live-status.ts';

/** The light in the header: whether what is on the page is current, and what will happen when it is not. */
export function LiveLight() {
  const status = useLiveStatus();
  const server = useServerState();
  const situation = server === 'ok' ? status && LIVE_WORDS[status] : SERVER_WORDS[server];
  const colour = server === 'ok' ? (status ?? 'none') : 'away';
  return (
    <div role="status" aria-label="Live updates" className={classes.root} data-status={colour}>
      {situation && (
        <Tooltip label={situation.explanation} multiline maw={280}>
          <Group gap={7} wrap="nowrap">
            <span className={classes.dot} data-status={colour} />
            <Text span size="xs" fw={500} className={classes.label}>
              {situation.label}
            </Text>
          </Group>
        </Tooltip>
      )}
    </div>
  );
}
