'use client';

import { choosePasswordPath, signInPath } from './next-path.ts';

/** What somebody has typed into. What a field calls its default value tells nothing: with some forms it follows the typing. */
const typedInto = new WeakSet<EventTarget>();

/** Notes from now on what is typed into, wherever on the page; gives the way to stop. */
export function watchTyping(): () => void {
  const note = ({ target }: Event) => {
    if (target) typedInto.add(target);
  };
  document.addEventListener('input', note, true);
  return () => document.removeEventListener('input', note, true);
}

/** Whether somebody has begun to write something that leaving the page would lose. */
function hasUnsavedText(): boolean {
  const fields = document.querySelectorAll<HTMLTextAreaElement | HTMLInputElement>('textarea, [role="dialog"] input');
  return Array.from(fields).some((field) => typedInto.has(field) && field.value.trim() !== '');
}

let isSigningOut = false;

/** The person signs out in this tab: where to go then is decided there, also when the page learns of it otherwise. */
export function beginSigningOut(isBegun: boolean): void {
  isSigningOut = isBegun;
}

/** Goes to sign in, and back here afterwards; stays as long as that would lose what was written. */
export function leaveToSignIn(): void {
  leaveTo((path) => signInPath(path, 'ended'));
}

/** Goes to choose a password, without which nothing opens any more; the same way. */
export function leaveToChoosePassword(): void {
  leaveTo(choosePasswordPath);
}

function leaveTo(addressFrom: (path: string) => string): void {
  if (isSigningOut || hasUnsavedText()) return;
  window.location.assign(addressFrom(window.location.pathname + window.location.search));
}
