'use client';

import { Group, Text, Tooltip } from '@mantine/core';
import classes from './live-light.module.css';
import { type LiveStatus, useLiveStatus } from './live-status.ts';

const WORDS: Readonly<Record<LiveStatus, readonly [label: string, explanation: string]>> = {
  connecting: ['Connecting', 'Opening the live stream'],
  live: ['Live', 'New activities appear the moment they are recorded'],
  fallback: ['Every 30 s', 'The live stream is cut. The page is refreshed every 30 seconds until it is back'],
  paused: ['Paused', 'Live updates are paused'],
};

/** The light in the header: whether what is on the page is current. */
export function LiveLight() {
  const status = useLiveStatus();
  return (
    <div role="status" aria-label="Live updates" className={classes.root} data-status={status ?? 'none'}>
      {status && (
        <Tooltip label={WORDS[status][1]} multiline maw={260}>
          <Group gap={7} wrap="nowrap">
            <span className={classes.dot} data-status={status} />
            <Text span size="xs" fw={500} className={classes.label}>
              {WORDS[status][0]}
            </Text>
          </Group>
        </Tooltip>
      )}
    </div>
  );
}
