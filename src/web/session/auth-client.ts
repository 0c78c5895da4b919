'use client';

import { z } from 'zod';

/** What went wrong with signing in or out, in a sentence for the person. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
}

const UNREACHABLE = 'The server cannot be reached. Check your connection and try again.';

/** What every error answer says for people; see ErrorBody. */
const errorAnswer = z.object({ message: z.string() });

/** @returns what the server answered, when it took it. */
async function post(path: string, body: unknown): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'same-origin',
      body: JSON.stringify(body),
    });
  } catch {
    throw new SignInError(UNREACHABLE);
  }
  if (answer.ok) return answer.json().catch(() => undefined);
  const wait = answer.headers.get('retry-after');
  if (answer.status === 429) {
    throw new SignInError(`Too many attempts. Try again ${wait ? `in ${wait} seconds` : 'in a minute'}.`);
  }
  const said = errorAnswer.safeParse(await answer.json().catch(() => undefined));
  throw new SignInError(said.data?.message ?? UNREACHABLE);
}

const signedIn = z.object({ passwordChangeRequired: z.boolean() });

/**
 * Signs in; the session comes back as a cookie that scripts cannot read. Says whether the password has to be changed before
 * anything else opens. @throws SignInError
 */
export async function signIn(email: string, password: string): Promise<{ readonly passwordChangeRequired: boolean }> {
  const answer = signedIn.safeParse(await post('/api/auth/sign-in/email', { email, password }));
  return answer.data ?? { passwordChangeRequired: false };
}

/** Ends the session. @throws SignInError when the server did not take it. */
export async function signOut(): Promise<void> {
  await post('/api/auth/sign-out', {});
}

/** Changes one's own password and ends one's other sessions. @throws SignInError */
export async function changePassword(currentPassword: string, newPassword: string): Promise<void> {
  await post('/api/auth/change-password', { currentPassword, newPassword });
}
