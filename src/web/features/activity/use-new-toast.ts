'use client';

import { notifications } from '@mantine/notifications';
import { useEffect, useRef } from 'react';

const TOAST = 'new-activities';
const QUIET = 1500;
const AT_MOST_EVERY = 15_000;

/**
 * One toast for whatever arrived while the person is further down: `12 new activities`. It counts on in place, comes
 * at most every 15 seconds, and goes when the rows are shown.
 */
export function useNewToast(count: number, away: boolean): void {
  const shownAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (!away || count === 0) {
      notifications.hide(TOAST);
      return;
    }
    const wait = Math.max(QUIET, shownAt.current + AT_MOST_EVERY - performance.now());
    const timer = setTimeout(() => {
      shownAt.current = performance.now();
      notifications.hide(TOAST);
      notifications.show({
        id: TOAST,
        message: count === 1 ? '1 new activity' : `${count.toLocaleString('en')} new activities`,
        autoClose: 4000,
      });
    }, wait);
    return () => clearTimeout(timer);
  }, [count, away]);
  useEffect(() => () => void notifications.hide(TOAST), []);
}
