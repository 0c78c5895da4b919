'use client';

import { signInPath } from './next-path.ts';

/** Whether somebody has begun to write something that leaving the page would lose. */
export function hasUnsavedText(): boolean {
  const fields = document.querySelectorAll<HTMLTextAreaElement | HTMLInputElement>('textarea, [role="dialog"] input');
  return Array.from(fields).some(({ value, defaultValue }) => value.trim() !== '' && value !== defaultValue);
}

/** Goes to sign in, and back here afterwards; stays as long as that would lose what was written. */
export function leaveToSignIn(): void {
  if (hasUnsavedText()) return;
  window.location.assign(signInPath(window.location.pathname + window.location.search, 'ended'));
}
