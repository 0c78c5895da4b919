import { expect, test } from 'vitest';
import { matches } from './formula.ts';

const PHONE = "RIGHT(REGEX_REPLACE({Phone} & '', '[^0-9]', ''), 10) = '4085550134'";
const DUE =
  "AND({operation_type} = 'activity_log', OR({status} = BLANK(), {status} = 'pending'), OR({next_retry_at} = BLANK(), IS_BEFORE({next_retry_at}, NOW())))";

test('finds a phone however it is written', () => {
  expect(matches(PHONE, { Phone: '+1 (408) 555-0134' })).toBe(true);
  expect(matches(PHONE, { Phone: '408-555-0135' })).toBe(false);
  expect(matches(PHONE, {})).toBe(false);
});

test('finds an e-mail whatever its case', () => {
  expect(matches('LOWER({Email}) = "o\\"neil@example.com"', { Email: 'O"Neil@example.com' })).toBe(true);
});

test('finds the rows that are due', () => {
  const row = { operation_type: 'activity_log' };
  expect(matches(DUE, row)).toBe(true);
  expect(matches(DUE, { ...row, status: 'pending', next_retry_at: '2020-01-01T00:00:00Z' })).toBe(true);
  expect(matches(DUE, { ...row, next_retry_at: '2999-01-01T00:00:00Z' })).toBe(false);
  expect(matches(DUE, { ...row, status: 'done' })).toBe(false);
});

test('says what it does not know, and where a formula cannot be read', () => {
  expect(() => matches("DATEADD({a}, 1, 'days')", {})).toThrow('DATEADD');
  expect(() => matches('{a} > 1', {})).toThrow('cannot be read at 3');
  expect(() => matches("{a} = 'b' 'c'", {})).toThrow('more than one');
  expect(() => matches('AND(', {})).toThrow('its end');
});
