'use client';

import { Badge } from '@mantine/core';
import { trpc } from '../../trpc/client.ts';

const REFRESH = 30_000;

/** How many events wait in quarantine; nothing when none does. */
export function WaitingCount() {
  const { data } = trpc.retryQueue.counts.useQuery({}, { refetchInterval: REFRESH });
  if (!data?.waiting) return null;
  return (
    <Badge size="sm" variant="light" color="orange" aria-label={`${data.waiting} waiting`}>
      {data.waiting > 999 ? '999+' : data.waiting}
    </Badge>
  );
}
