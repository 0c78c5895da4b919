'use client';

import { Skeleton, Stack, VisuallyHidden } from '@mantine/core';

const WIDTHS = [92, 78, 86, 70, 95, 82, 74, 88];

/** The shape of a table that is on its way. */
export function TableSkeleton({ what }: { readonly what: string }) {
  return (
    <Stack gap={22} p="md" role="status">
      <VisuallyHidden>{`Loading ${what}`}</VisuallyHidden>
      {WIDTHS.map((width) => (
        <Skeleton key={width} height={12} width={`${width}%`} />
      ))}
    </Stack>
  );
}
