'use client';

import { useCallback, useEffect, useRef } from 'react';

/**
 * Calls `work` at once, and for whatever else asks meanwhile once more after `gap` milliseconds: a thousand reasons to read
 * a page again are one. What still waits when the list goes away is dropped.
 */
export function useThrottled(work: () => unknown, gap: number): () => void {
  const latest = useRef(work);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const isWanted = useRef(false);
  useEffect(() => {
    latest.current = work;
  }, [work]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return useCallback(() => {
    isWanted.current = true;
    const look = () => {
      timer.current = undefined;
      if (!isWanted.current) return;
      isWanted.current = false;
      timer.current = setTimeout(look, gap);
      latest.current();
    };
    if (timer.current === undefined) look();
  }, [gap]);
}
