import { expect, test } from 'vitest';
import { unbegun } from './in-line.ts';

type Run = Parameters<typeof unbegun>[0];
const run = (id: string, records: number, more: Partial<Run> = {}): Run => ({
  ...{ id, origin: 'upload', state: 'running', fileName: `${id}.csv`, counts: { records } },
  ...more,
});
const WAITING = 'Waiting to begin: one file is worked on at a time, now a.csv';

test('an import waits when the server is at work on another one, and says on which', () => {
  const b = run('b', 0);
  expect(unbegun(b, [b, run('a', 500)])).toBe(WAITING);
  expect(unbegun(b, [b, run('a', 500, { origin: 'parity' })])).toBe(WAITING);
});

test('else it begins: alone, beside what is over, and first among those that have not begun', () => {
  const b = run('b', 0);
  expect(unbegun(b, [b])).toBe('Beginning');
  expect(unbegun(b, [b, run('a', 500, { state: 'done' }), run('c', 0)])).toBe('Beginning');
});

test('a command stands in no line, and holds nobody up', () => {
  const [b, command] = [run('b', 0), run('d', 0, { origin: 'command' })];
  expect(unbegun(command, [command, run('a', 500)])).toBe('Beginning');
  expect(unbegun(b, [b, run('d', 500, { origin: 'command' })])).toBe('Beginning');
});
