'use client';

import { notifications } from '@mantine/notifications';
import { useEffect, useRef } from 'react';

const TOAST = 'new-activities';
const SHOWN_FOR = 4_000;
/** A burst is counted to its end, but under steady traffic the toast does not wait longer than this. */
const QUIET = 1_500;
const LONGEST_WAIT = 5_000;
const AT_MOST_EVERY = 15_000;

/**
 * One toast for whatever arrived while the person is further down: `12 new activities`. It comes at most every 15
 * seconds, and goes when the rows are shown.
 */
export function useNewToast(count: number, away: boolean): void {
  const told = useRef(0);
  const notBefore = useRef(0);
  const noLaterThan = useRef<number>(undefined);
  useEffect(() => {
    if (!away || count === 0) {
      told.current = 0;
      noLaterThan.current = undefined;
      notifications.hide(TOAST);
      return;
    }
    if (count <= told.current) return;
    const now = performance.now();
    noLaterThan.current ??= now + LONGEST_WAIT;
    const wait = Math.max(Math.min(QUIET, noLaterThan.current - now), notBefore.current - now);
    const timer = setTimeout(() => {
      told.current = count;
      notBefore.current = performance.now() + AT_MOST_EVERY;
      noLaterThan.current = undefined;
      notifications.hide(TOAST);
      notifications.show({
        id: TOAST,
        message: count === 1 ? '1 new activity' : `${count.toLocaleString('en')} new activities`,
        autoClose: SHOWN_FOR,
      });
    }, wait);
    return () => clearTimeout(timer);
  }, [count, away]);
  useEffect(() => () => void notifications.hide(TOAST), []);
}
