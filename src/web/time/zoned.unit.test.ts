import { describe, expect, it } from 'vitest';
import { clockTime, dayLabel, fullTime } from './zoned.ts';

describe('labels', () => {
  it('names the nearest days', () => {
    expect(dayLabel('2025-11-07', '2025-11-07')).toBe('Today');
    expect(dayLabel('2025-11-06', '2025-11-07')).toBe('Yesterday');
    expect(dayLabel('2025-10-31', '2025-11-01')).toBe('Yesterday');
  });

  it('writes out the others, with the year when it is another one', () => {
    expect(dayLabel('2025-11-03', '2025-11-07')).toBe('Monday, 3 November');
    expect(dayLabel('2024-12-31', '2025-11-07')).toBe('Tuesday, 31 December 2024');
  });

  it('writes times in the time zone', () => {
    const instant = new Date('2025-11-07T08:15:05Z');
    expect(clockTime(instant, 'America/New_York')).toBe('03:15:05');
    expect(fullTime(instant, 'Europe/Berlin')).toBe('Fri 7 Nov 2025, 09:15:05 (Europe/Berlin)');
  });
});
