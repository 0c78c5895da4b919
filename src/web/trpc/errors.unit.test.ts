import { TRPCClientError } from '@trpc/client';
import { expect, test } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { errorSentence } from './errors.ts';

/** What the web app gets of an error that the server threw. */
function received(error: AppError): TRPCClientError<never> {
  const data = { app: error.toBody('r') };
  return TRPCClientError.from({ error: { code: -32600, message: error.message, data } }) as TRPCClientError<never>;
}

test('tells a field that is wrong once', () => {
  const issues = [{ path: 'name', message: 'must have at most 100 characters' }];
  expect(errorSentence(received(new AppError('INVALID_INPUT', { issues })))).toBe(
    'name: must have at most 100 characters',
  );
});

test('speaks of the database to people, and of the server that gave no answer', () => {
  expect(errorSentence(received(new AppError('UNAVAILABLE')))).toContain('nothing was changed');
  expect(errorSentence(new TypeError('fetch failed'))).toContain('cannot be reached');
});
