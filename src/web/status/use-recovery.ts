'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { wakeLive } from '../live/index.ts';
import { useServerState } from './use-server-state.ts';

/** Once the server and its database are back, what failed meanwhile is asked again, and the stream opened at once. */
export function useRecovery(): void {
  const state = useServerState();
  const client = useQueryClient();
  const wasAway = useRef(false);
  useEffect(() => {
    if (state !== 'ok') {
      wasAway.current = true;
      return;
    }
    if (!wasAway.current) return;
    wasAway.current = false;
    wakeLive();
    void client.refetchQueries({ type: 'active', predicate: (query) => query.state.status === 'error' });
  }, [state, client]);
}
