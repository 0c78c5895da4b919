'use client';

import { Paper, SimpleGrid, Text } from '@mantine/core';
import { CATEGORY_COLOURS, CATEGORY_LABELS, type Category } from '#domain/catalogue/index.ts';
import { AppLink } from '../../ui/app-link.tsx';
import classes from './home.module.css';
import { useDayCounts } from './use-day-counts.ts';

/** How many activities of each category happened today, by the workspace's clocks, live; each leads to them. */
export function TodayCounts() {
  const { day, counts } = useDayCounts();
  const href = (category: Category) =>
    `/admin/activity-logs?${new URLSearchParams({ category, range: 'custom', from: day, to: day })}`;
  return (
    <section aria-labelledby="today">
      <h2 id="today" className={classes.heading}>
        Today
      </h2>
      <SimpleGrid cols={{ base: 2, xs: 3, md: 6 }} spacing="xs">
        {counts.map(({ category, count, isCapped }) => (
          <Paper
            key={category}
            component={AppLink}
            href={href(category)}
            withBorder
            className={classes.count}
            style={{ '--count-colour': `var(--mantine-color-${CATEGORY_COLOURS[category]}-filled)` }}
          >
            <Text size="sm" c="dimmed">
              {CATEGORY_LABELS[category]}
            </Text>
            <span className={classes.number}>
              {count === undefined ? '–' : `${count.toLocaleString('en')}${isCapped ? '+' : ''}`}
            </span>
          </Paper>
        ))}
      </SimpleGrid>
    </section>
  );
}
