'use client';

import { notifications } from '@mantine/notifications';
import { errorSentence } from '../trpc/errors.ts';

/** It worked. */
export function toastDone(message: string): void {
  notifications.show({ message, color: 'teal', autoClose: 4000 });
}

/** It did not work, and why in a sentence. Stays until it is closed. */
export function toastFailure(title: string, sentence: string): void {
  notifications.show({ title, message: sentence, color: 'red', autoClose: false });
}

/** The API refused, or was not reached. */
export function toastError(title: string, error: unknown): void {
  toastFailure(title, errorSentence(error));
}
