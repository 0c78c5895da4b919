'use client';

import { ActionIcon, Button, Chip, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconMoon, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { QuietSpan } from '#domain/quiet-times.ts';
import { useWorkspaceTimeZone } from '../../session/session.tsx';
import { DAYS } from './rule-words.ts';

interface QuietEditorProps {
  readonly value: readonly QuietSpan[];
  readonly onChange: (value: QuietSpan[]) => void;
  readonly errors: Readonly<Record<string, ReactNode>>;
}

const NIGHT: QuietSpan = { days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '07:00' };

/** When nobody is to be disturbed, by the clocks of the workspace. */
export function QuietEditor({ value, onChange, errors }: QuietEditorProps) {
  const timeZone = useWorkspaceTimeZone();
  const change = (index: number, span: Partial<QuietSpan>) =>
    onChange(value.map((known, at) => (at === index ? { ...known, ...span } : known)));
  return (
    <Stack gap={8}>
      <div>
        <Text size="sm" fw={500}>
          Quiet times
        </Text>
        <Text size="xs" c="dimmed">
          {`Nothing is sent then; what is still open afterwards is sent when they end. Times of ${timeZone}.`}
        </Text>
      </div>
      {value.map((span, index) => (
        // The spans have no names; their place is what tells them apart.
        // biome-ignore lint/suspicious/noArrayIndexKey: as said
        <Stack key={index} gap={6}>
          <Group gap="xs" align="flex-end" wrap="nowrap">
            <TextInput
              type="time"
              label="From"
              value={span.from}
              onChange={(event) => change(index, { from: event.currentTarget.value })}
              error={errors[`quiet.${index}.from`]}
            />
            <TextInput
              type="time"
              label="To"
              value={span.to}
              onChange={(event) => change(index, { to: event.currentTarget.value })}
              error={errors[`quiet.${index}.to`]}
            />
            <ActionIcon
              size="lg"
              variant="default"
              aria-label={`Remove quiet time ${index + 1}`}
              onClick={() => onChange(value.filter((_, at) => at !== index))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Group>
          <Chip.Group
            multiple
            value={span.days.map(String)}
            onChange={(days) => change(index, { days: days.map(Number).sort((a, b) => a - b) })}
          >
            <Group gap={4} role="group" aria-label={`Days of quiet time ${index + 1}`}>
              {DAYS.map((day, at) => (
                <Chip key={day} value={String(at + 1)} size="xs">
                  {day}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
          {errors[`quiet.${index}.days`] && (
            <Text size="xs" c="var(--mantine-color-error)">
              {errors[`quiet.${index}.days`]}
            </Text>
          )}
        </Stack>
      ))}
      <Group>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconMoon size={14} aria-hidden />}
          onClick={() => onChange([...value, NIGHT])}
        >
          Add quiet time
        </Button>
      </Group>
    </Stack>
  );
}
