'use client';

import { Group, Kbd, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure, useHotkeys, useOs } from '@mantine/hooks';

const EVERYWHERE = [
  ['/', 'Search on this page'],
  ['?', 'Show this'],
] as const;
const LISTS = [
  ['j', 'Next row'],
  ['k', 'Row before'],
  ['Enter', 'Open or close the row'],
] as const;
const FEED = [['p', 'Pause the activity logs, or go on']] as const;

interface KeysProps {
  readonly title: string;
  readonly keys: readonly (readonly [key: string, does: string])[];
}

function Keys({ title, keys }: KeysProps) {
  return (
    <Stack gap={6} component="section">
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      {keys.map(([key, does]) => (
        <Group key={key} justify="space-between" wrap="nowrap">
          <Text size="sm">{does}</Text>
          <Kbd>{key}</Kbd>
        </Group>
      ))}
    </Stack>
  );
}

/** What can be done by the keyboard; `?` shows it. */
export function KeyboardHelp() {
  const [opened, { toggle, close }] = useDisclosure();
  useHotkeys([['shift+?', toggle]]);
  const search = useOs() === 'macos' ? '⌘ K' : 'Ctrl K';
  return (
    <Modal opened={opened} onClose={close} title="Keyboard shortcuts">
      <Stack gap="lg">
        <Keys title="Everywhere" keys={[[search, 'Go to a page, find a lead'], ...EVERYWHERE]} />
        <Keys title="Activity logs and timelines" keys={[...LISTS, ...FEED]} />
      </Stack>
    </Modal>
  );
}
