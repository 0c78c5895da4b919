'use client';

import { Alert } from '@mantine/core';
import { errorSentence } from '../trpc/errors.ts';

/** Why the server did not take a form, above its buttons. */
export function FormError({ error }: { readonly error: unknown }) {
  if (error === null || error === undefined) return null;
  return (
    <Alert color="red" role="alert">
      {errorSentence(error)}
    </Alert>
  );
}
