import { afterEach, beforeEach, type MockInstance, vi } from 'vitest';

/**
 * A test that writes to console.error without saying so fails: a warning of React or an error that somebody
 * swallowed is a finding. A test that provokes one calls `expectConsoleError` first.
 */
const expected: RegExp[] = [];
let spy: MockInstance | undefined;
let unexpected: string[] = [];

beforeEach(() => {
  unexpected = [];
  expected.length = 0;
  spy = vi.spyOn(console, 'error').mockImplementation((...parts: unknown[]) => {
    const text = parts.map((part) => (part instanceof Error ? (part.stack ?? part.message) : String(part))).join(' ');
    if (!expected.some((pattern) => pattern.test(text))) unexpected.push(text);
  });
});

afterEach(() => {
  spy?.mockRestore();
  if (unexpected.length > 0) throw new Error(`console.error was called:\n${unexpected.join('\n')}`);
});

/** For the rest of the current test, console.error may write what matches. */
export function expectConsoleError(pattern: RegExp): void {
  expected.push(pattern);
}
