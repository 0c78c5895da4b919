'use client';

import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';

/** Pixels from the top within which a list counts as followed, not read. */
const AT_TOP = 60;

function isFocusedByKeyboard(list: HTMLElement | null): boolean {
  const focused = document.activeElement;
  return focused instanceof HTMLElement && list?.contains(focused) === true && focused.matches(':focus-visible');
}

function isSelectedIn(list: HTMLElement | null): boolean {
  const selection = window.getSelection();
  return selection !== null && !selection.isCollapsed && list?.contains(selection.anchorNode) === true;
}

/**
 * Whether somebody reads the list, so that nothing may move in it: the page is scrolled down, the keyboard is inside
 * it, or text of it is selected. The ref says it at any moment, `scrolled` when it is drawn.
 */
export function useReading(list: RefObject<HTMLElement | null>, busy: boolean) {
  const [scrolled, setScrolled] = useState(false);
  const busyRef = useRef(busy);
  useEffect(() => {
    busyRef.current = busy;
  }, [busy]);
  useEffect(() => {
    const look = () => setScrolled(window.scrollY > AT_TOP);
    look();
    window.addEventListener('scroll', look, { passive: true });
    return () => window.removeEventListener('scroll', look);
  }, []);
  const isReading = useCallback(
    () => busyRef.current || window.scrollY > AT_TOP || isFocusedByKeyboard(list.current) || isSelectedIn(list.current),
    [list],
  );
  return { scrolled, isReading };
}
