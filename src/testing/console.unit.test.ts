import { test } from 'vitest';
import { expectConsoleError } from './console.ts';

// biome-ignore-start lint/suspicious/noConsole: this is what is tested
test('an expected console.error is no failure', () => {
  expectConsoleError(/^careful: 7/);
  console.error('careful:', 7);
});

test.fails('an unexpected one fails the test that caused it', () => {
  console.error('something was swallowed');
});
// biome-ignore-end lint/suspicious/noConsole: see above
