'use client';

import { Button, Title } from '@mantine/core';
import { IconMapQuestion } from '@tabler/icons-react';
import { AppLink } from './app-link.tsx';
import { Nothing } from './states.tsx';

/** There is no such page. */
export function NotFound() {
  return (
    <Nothing
      icon={<IconMapQuestion size={26} stroke={1.5} aria-hidden />}
      title={<Title order={1}>There is nothing here</Title>}
      description="The address is wrong, or what it led to is in another workspace."
    >
      <Button component={AppLink} href="/" variant="default">
        Back to home
      </Button>
    </Nothing>
  );
}
