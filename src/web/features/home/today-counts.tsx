'use client';

import { Paper, SimpleGrid, Text } from '@mantine/core';
import { CATEGORIES, CATEGORY_COLOURS, CATEGORY_LABELS, type Category } from '#domain/catalogue/index.ts';
import { dayOf, spanOfDay } from '#domain/day.ts';
import { useWorkspaceTimeZone } from '../../session/session.tsx';
import { useNow } from '../../time/use-now.ts';
import { trpc } from '../../trpc/client.ts';
import { AppLink } from '../../ui/app-link.tsx';
import classes from './home.module.css';

const REFRESH = 60_000;

/** How many activities of each category happened today, by the workspace's clocks; each leads to them. */
export function TodayCounts() {
  const timeZone = useWorkspaceTimeZone();
  const today = dayOf(useNow(), timeZone);
  const from = spanOfDay(today, timeZone)?.from.toISOString();
  const counts = trpc.useQueries((t) =>
    CATEGORIES.map((category) =>
      t.search.activities(
        { filter: { categories: [category], ...(from && { from }) }, page: { limit: 1 } },
        { refetchInterval: REFRESH },
      ),
    ),
  );
  const href = (category: Category) =>
    `/admin/activity-logs?${new URLSearchParams({ category, range: 'custom', from: today, to: today })}`;
  return (
    <section aria-labelledby="today">
      <h2 id="today" className={classes.heading}>
        Today
      </h2>
      <SimpleGrid cols={{ base: 2, xs: 3, md: 6 }} spacing="xs">
        {CATEGORIES.map((category, index) => {
          const data = counts[index]?.data;
          return (
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
                {data ? `${data.total.toLocaleString('en')}${data.totalIsCapped ? '+' : ''}` : '–'}
              </span>
            </Paper>
          );
        })}
      </SimpleGrid>
    </section>
  );
}
