'use client';

import { signInPath } from './next-path.ts';

/** Whether somebody has begun to write something that leaving the page would lose. */
function hasUnsavedText(): boolean {
  const fields = document.querySelectorAll<HTMLTextAreaElement | HTMLInputElement>('textarea, [role="dialog"] input');
  return Array.from(fields).some(({ value, defaultValue }) => value.trim() !== '' && value !== defaultValue);
}

let isSigningOut = false;

/** The person signs out in this tab: where to go then is decided there, also when the page learns of it otherwise. */
export function beginSigningOut(isBegun: boolean): void {
  isSigningOut = isBegun;
}

/** Goes to sign in, and back here afterwards; stays as long as that would lose what was written. */
export function leaveToSignIn(): void {
  if (isSigningOut || hasUnsavedText()) return;
  window.location.assign(signInPath(window.location.pathname + window.location.search, 'ended'));
}
