import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { createLogger, silentLogger } from './log.ts';

function capture(options: { pretty?: boolean; level?: 'info' | 'debug' } = {}) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { lines, log: createLogger({ level: options.level ?? 'info', pretty: options.pretty ?? false, destination }) };
}

test('a line is JSON with level, time, fields and message', () => {
  const { lines, log } = capture();
  log.info({ port: 3000 }, 'listening');
  const line = JSON.parse(lines[0] ?? '');
  expect(line).toEqual({ level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), port: 3000, msg: 'listening' });
});

test('secrets never reach the output: fields, child fields, errors', () => {
  const { lines, log } = capture();
  const child = log.child({ requestId: 'r1', apiKey: 'abc123' });
  child.warn({ headers: { 'x-api-key': 'abc123' }, err: new Error('at redis://u:abc123@h/0') }, 'refused');
  child.error({ password: 'abc123' }, 'again');
  expect(lines).toHaveLength(2);
  expect(lines.join()).not.toContain('abc123');
  expect(lines[0]).toContain('"requestId":"r1"');
});

test('what is below the level is not written', () => {
  const { lines, log } = capture();
  log.debug({}, 'hidden');
  silentLogger.fatal({}, 'hidden');
  expect(lines).toEqual([]);
});

test('for people a line is one short line', () => {
  const { lines, log } = capture({ pretty: true });
  log.child({ service: 'spool' }).warn({ waitMs: 20, reason: 'database away' }, 'spooling');
  const text = stripVTControlCharacters(lines[0] ?? '');
  expect(text).toMatch(/^\d\d:\d\d:\d\d\.\d{3} warn {2}spooling service=spool waitMs=20 reason="database away"\n$/);
});
