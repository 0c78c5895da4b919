'use client';

import { Badge } from '@mantine/core';

/** Marks what is not real. */
export function DemoBadge() {
  return (
    <Badge size="xs" color="yellow" variant="light" tt="none" miw="max-content">
      Demo
    </Badge>
  );
}
