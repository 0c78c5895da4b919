'use client';

let given: string | undefined;

/** Keeps the one-time password that somebody has just signed in with, in this tab and until it is loaded anew. */
export function keepGivenPassword(password: string | undefined): void {
  given = password;
}

/** The one-time password, where it was typed a moment ago: it need not be typed again to choose another one. */
export function givenPassword(): string | undefined {
  return given;
}
