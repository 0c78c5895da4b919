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

test('calls the fields what the form calls them, however deep in the input they are', () => {
  const issues = [
    { path: 'rule.params.minutes', message: 'must be at most 60' },
    { path: 'rule.name', message: 'must not be empty' },
  ];
  const labels = { 'params.minutes': 'How long', name: 'Name', rule: 'Rule' };
  expect(errorSentence(received(new AppError('INVALID_INPUT', { issues })), labels)).toBe(
    'How long: must be at most 60; Name: must not be empty',
  );
  const conflict = new AppError('CONFLICT', {
    message: 'Give another one.',
    issues: [{ path: 'key', message: 'is taken' }],
  });
  expect(errorSentence(received(conflict), { key: 'Key' })).toBe('Give another one. Key: is taken');
  const scope = new AppError('INVALID_INPUT', { issues: [{ path: 'scopes.0', message: 'must be a scope' }] });
  expect(errorSentence(received(scope), { scopes: 'It may' })).toBe('It may: must be a scope');
  expect(errorSentence(received(scope), { name: 'Name' })).toBe('scopes.0: must be a scope');
});

test('speaks of the database to people, and of the server that gave no answer', () => {
  expect(errorSentence(received(new AppError('UNAVAILABLE')))).toContain('nothing was changed');
  expect(errorSentence(new TypeError('fetch failed'))).toContain('cannot be reached');
});
