'use client';

import { useQueryStates } from 'nuqs';
import { useCallback } from 'react';
import { trpc } from '../../trpc/client.ts';
import { queueParams } from './queue-filters.ts';

/** Which entries are listed, kept in the URL. */
export function useQueueState() {
  return useQueryStates(queueParams, { history: 'push' });
}
export type SetQueueState = ReturnType<typeof useQueueState>[1];

/** Reads everything about the queue anew. */
export function useQueueChanged(): () => void {
  const utils = trpc.useUtils();
  return useCallback(() => void utils.retryQueue.invalidate(), [utils]);
}
