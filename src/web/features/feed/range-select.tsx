'use client';

import { Button, Group, Popover, Stack, Text } from '@mantine/core';
import { DatePicker } from '@mantine/dates';
import { IconCalendar, IconCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { dayOf } from '#domain/day.ts';
import { useWorkspaceTimeZone } from '../../session/session.tsx';
import { dayShort } from '../../time/zoned.ts';
import { FilterButton } from '../../ui/filter-button.tsx';
import { DEFAULT_FEED, type FeedState, RANGE_LABELS, type Range } from './feed-filters.ts';
import classes from './range-select.module.css';

const PRESETS: readonly Range[] = ['1h', '24h', '7d', '30d', 'all'];

type Span = Pick<FeedState, 'range' | 'from' | 'to'>;

function inWords({ range, from, to }: Span): string {
  if (range !== 'custom') return RANGE_LABELS[range];
  if (from && to) return from === to ? dayShort(from) : `${dayShort(from)} – ${dayShort(to)}`;
  if (from) return `From ${dayShort(from)}`;
  return to ? `Until ${dayShort(to)}` : RANGE_LABELS.custom;
}

interface RangeSelectProps {
  readonly value: Span;
  readonly onChange: (span: Span) => void;
}

/** Which span of time: a preset, or whole days by a calendar. Days are those of the workspace's time zone. */
export function RangeSelect({ value, onChange }: RangeSelectProps) {
  const timeZone = useWorkspaceTimeZone();
  const [opened, setOpened] = useState(false);
  const [draft, setDraft] = useState<[string | null, string | null]>([value.from, value.to]);
  const open = () => {
    setDraft([value.from, value.to]);
    setOpened((before) => !before);
  };
  const choose = (span: Span) => {
    setOpened(false);
    onChange(span);
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <FilterButton
          label="Date"
          chosen={inWords(value)}
          active={value.range !== DEFAULT_FEED.range}
          icon={<IconCalendar size={15} aria-hidden />}
          onClick={open}
          aria-haspopup="dialog"
          aria-expanded={opened}
        />
      </Popover.Target>
      <Popover.Dropdown aria-label="Span of time" className={classes.dropdown}>
        <Group align="flex-start" gap="md" className={classes.columns}>
          <Stack gap={2} className={classes.presets}>
            {PRESETS.map((range) => (
              <Button
                key={range}
                variant={value.range === range ? 'light' : 'subtle'}
                color={value.range === range ? 'ink' : 'gray'}
                size="compact-md"
                justify="space-between"
                rightSection={value.range === range ? <IconCheck size={14} aria-hidden /> : <span />}
                onClick={() => choose({ range, from: null, to: null })}
                aria-pressed={value.range === range}
                c="var(--mantine-color-text)"
              >
                {RANGE_LABELS[range]}
              </Button>
            ))}
          </Stack>
          <div>
            <DatePicker
              type="range"
              allowSingleDateInRange
              size="sm"
              value={draft}
              onChange={([from, to]) => {
                setDraft([from, to]);
                if (from && to) choose({ range: 'custom', from, to });
              }}
              maxDate={dayOf(new Date(), timeZone)}
              firstDayOfWeek={1}
              weekendDays={[]}
              hideOutsideDates
              ariaLabels={{ nextMonth: 'Next month', previousMonth: 'Previous month' }}
            />
            <Text size="xs" c="dimmed" mt={6}>
              {draft[0] && !draft[1] ? 'Now choose the last day' : `Whole days in ${timeZone}`}
            </Text>
          </div>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}
