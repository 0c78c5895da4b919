import { Skeleton, Stack } from '@mantine/core';

/** The page while its first answer is on its way. */
export function HealthSkeleton() {
  return (
    <Stack gap="md" role="status" aria-label="Loading the health of Historybook">
      <Skeleton h={108} radius="md" />
      <Skeleton h={220} radius="md" />
      <Skeleton h={160} radius="md" />
    </Stack>
  );
}
