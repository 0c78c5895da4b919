'use client';

import { Box, Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './page-header.module.css';

interface PageHeaderProps {
  readonly title: ReactNode;
  /** One calm sentence, or facts. */
  readonly lead?: ReactNode;
  /** The buttons of the page. */
  readonly actions?: ReactNode;
}

/** The head of a page: its one h1 and its actions. */
export function PageHeader({ title, lead, actions }: PageHeaderProps) {
  return (
    <Group justify="space-between" align="flex-start" gap="md" className={classes.header}>
      <Box className={classes.words}>
        <Title order={1} className={classes.title}>
          {title}
        </Title>
        {lead && (
          <Text c="dimmed" size="sm" component="div" mt={2}>
            {lead}
          </Text>
        )}
      </Box>
      {actions && <Group gap="xs">{actions}</Group>}
    </Group>
  );
}
