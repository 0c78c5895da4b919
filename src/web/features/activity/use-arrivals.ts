'use client';

import { useCallback, useEffect, useRef } from 'react';
import type { ActivityView } from '#domain/activity.ts';

const FLIGHT = 80;

/**
 * Collects what arrives and hands it over in flights, so that a burst costs a few drawings and not hundreds. What
 * still waits when another question (`key`) is asked, or when the list goes away, is dropped.
 */
export function useArrivals(key: string, onFlight: (activities: readonly ActivityView[]) => void) {
  const waiting = useRef<{ readonly key: string; readonly activities: ActivityView[] }>({ key, activities: [] });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const deliver = useRef(onFlight);
  useEffect(() => {
    deliver.current = onFlight;
  }, [onFlight]);
  useEffect(() => {
    waiting.current = { key, activities: [] };
    return () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [key]);
  return useCallback((activity: ActivityView) => {
    waiting.current.activities.push(activity);
    timer.current ??= setTimeout(() => {
      const { activities } = waiting.current;
      timer.current = undefined;
      waiting.current = { ...waiting.current, activities: [] };
      deliver.current(activities);
    }, FLIGHT);
  }, []);
}
