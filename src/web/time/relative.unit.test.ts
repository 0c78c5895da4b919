import { expect, it } from 'vitest';
import { relativeTime } from './relative.ts';

const now = new Date('2025-11-07T12:00:00Z');

it.each([
  ['2025-11-07T12:00:00Z', 'just now'],
  ['2025-11-07T12:00:03Z', 'just now'],
  ['2025-11-07T11:59:01Z', 'just now'],
  ['2025-11-07T11:59:00Z', '1 minute ago'],
  ['2025-11-07T11:58:00Z', '2 minutes ago'],
  ['2025-11-07T11:00:01Z', '59 minutes ago'],
  ['2025-11-07T11:00:00Z', '1 hour ago'],
  ['2025-11-06T12:00:01Z', '23 hours ago'],
  ['2025-11-06T12:00:00Z', '1 day ago'],
  ['2025-11-01T12:00:00Z', '6 days ago'],
  ['2025-09-01T23:30:00Z', '2 Sept 2025'],
  ['2025-11-07T12:00:30Z', 'just now'],
  ['2025-11-07T12:05:00Z', 'in 5 minutes'],
])('%s reads %s', (instant, expected) => {
  expect(relativeTime(new Date(instant), now, 'Europe/Berlin')).toBe(expected);
});
