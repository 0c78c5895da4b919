'use client';

import { useCallback, useMemo } from 'react';
import { type ActivityType, customType, displayType } from '#domain/catalogue/index.ts';
import { trpc } from '../../trpc/client.ts';

const FIVE_MINUTES = 300_000;

/** The types that exist in this workspace, and how to show any type, also one that is gone. */
export function useTypes() {
  const { data } = trpc.types.list.useQuery(undefined, { staleTime: FIVE_MINUTES });
  const custom = useMemo(
    () => new Map((data ?? []).filter((type) => type.custom).map((type) => [type.name, customType(type)])),
    [data],
  );
  const show = useCallback((name: string): ActivityType => displayType(name, custom), [custom]);
  return { types: data, show };
}
