'use client';

import { toastFailure } from '../ui/toast.ts';
import { SignInError, signOut } from './auth-client.ts';
import { beginSigningOut } from './leave.ts';

/** Ends the session and goes to the sign-in page; says so when that did not work. */
export async function leaveSession(): Promise<void> {
  beginSigningOut(true);
  try {
    await signOut();
    window.location.assign('/sign-in');
  } catch (error) {
    beginSigningOut(false);
    toastFailure('Could not sign out', error instanceof SignInError ? error.message : 'Try again.');
  }
}
