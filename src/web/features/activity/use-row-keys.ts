'use client';

import { useHotkeys } from '@mantine/hooks';
import type { RefObject } from 'react';

const TOGGLE = 'article [aria-expanded][aria-label]';

/** The button that opens a row; the row of the keyboard is the one whose button, or something in it, has the focus. */
function togglesOf(list: HTMLElement | null): HTMLElement[] {
  return Array.from(list?.querySelectorAll<HTMLElement>(TOGGLE) ?? []);
}

function move(list: HTMLElement | null, by: 1 | -1): void {
  const toggles = togglesOf(list);
  const row = document.activeElement?.closest('article');
  const at = toggles.findIndex((toggle) => toggle.closest('article') === row);
  // From outside the list j begins at its first row; k has nowhere to go.
  const next = toggles[at === -1 ? (by === 1 ? 0 : -1) : at + by];
  next?.focus();
  next?.closest('article')?.scrollIntoView({ block: 'nearest' });
}

/** `j` and `k` go to the next and the row before; there Enter opens it. While the keyboard is in the list nothing moves. */
export function useRowKeys(list: RefObject<HTMLElement | null>): void {
  useHotkeys([
    ['j', () => move(list.current, 1)],
    ['k', () => move(list.current, -1)],
  ]);
}
