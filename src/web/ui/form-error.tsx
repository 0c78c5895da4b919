'use client';

import { Alert } from '@mantine/core';
import { errorSentence, type FieldLabels } from '../trpc/errors.ts';

interface FormErrorProps {
  readonly error: unknown;
  /** The labels of the form, so that a field that is wrong can be found by its name. */
  readonly labels?: FieldLabels;
}

/** Why the server did not take a form, above its buttons. */
export function FormError({ error, labels }: FormErrorProps) {
  if (error === null || error === undefined) return null;
  return (
    <Alert color="red" role="alert">
      {errorSentence(error, labels)}
    </Alert>
  );
}
