'use client';

import { notifications } from '@mantine/notifications';
import { errorSentence } from '../trpc/errors.ts';

/** It worked. */
export function toastDone(message: string): void {
  notifications.show({ message, color: 'teal', autoClose: 4000 });
}

/** It did not work, and why. Stays until it is closed. */
export function toastError(title: string, error: unknown): void {
  notifications.show({ title, message: errorSentence(error), color: 'red', autoClose: false });
}
