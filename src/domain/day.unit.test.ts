import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayOf, isTimeZone, spanOfDate, spanOfDay, weeksAgo } from './day.ts';

const HOUR = 3_600_000;

function iso(day: string, timeZone: string): [string, string] | undefined {
  const span = spanOfDay(day, timeZone);
  return span && [span.from.toISOString(), span.before.toISOString()];
}

describe('spanOfDay', () => {
  test('is the day of the zone, not of UTC', () => {
    expect(iso('2025-11-07', 'UTC')).toEqual(['2025-11-07T00:00:00.000Z', '2025-11-08T00:00:00.000Z']);
    expect(iso('2025-11-07', 'America/New_York')).toEqual(['2025-11-07T05:00:00.000Z', '2025-11-08T05:00:00.000Z']);
    expect(iso('2025-11-07', 'Asia/Kolkata')).toEqual(['2025-11-06T18:30:00.000Z', '2025-11-07T18:30:00.000Z']);
  });

  test('has 23 hours when clocks go forward and 25 when they go back', () => {
    expect(iso('2025-03-30', 'Europe/Berlin')).toEqual(['2025-03-29T23:00:00.000Z', '2025-03-30T22:00:00.000Z']);
    expect(iso('2025-10-26', 'Europe/Berlin')).toEqual(['2025-10-25T22:00:00.000Z', '2025-10-26T23:00:00.000Z']);
    expect(iso('2025-03-09', 'America/New_York')).toEqual(['2025-03-09T05:00:00.000Z', '2025-03-10T04:00:00.000Z']);
    expect(iso('2025-11-02', 'America/New_York')).toEqual(['2025-11-02T04:00:00.000Z', '2025-11-03T05:00:00.000Z']);
  });

  test('begins at the first moment of a day whose midnight is skipped', () => {
    expect(iso('2025-04-25', 'Africa/Cairo')).toEqual(['2025-04-24T22:00:00.000Z', '2025-04-25T21:00:00.000Z']);
  });

  test('is empty for the day that Samoa left out', () => {
    expect(iso('2011-12-30', 'Pacific/Apia')).toEqual(['2011-12-30T10:00:00.000Z', '2011-12-30T10:00:00.000Z']);
  });

  test('knows no day that is in no calendar', () => {
    for (const day of ['2025-02-30', '2025-13-01', '2025-00-10', '0000-01-01', '2025-1-1', '20250101', 'today', '']) {
      expect(spanOfDay(day, 'UTC')).toBeUndefined();
    }
  });

  test('days follow each other without gap or overlap, in every zone', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Africa/Cairo', 'Australia/Lord_Howe', 'Asia/Kathmandu'];
    const days = fc.integer({ min: 0, max: 30_000 }).map((n) => n * 24 * HOUR);
    fc.assert(
      fc.property(fc.constantFrom(...zones), days, (zone, at) => {
        const [day = '', next = ''] = [at, at + 24 * HOUR].map((time) => new Date(time).toISOString().slice(0, 10));
        const [span, nextSpan] = [spanOfDay(day, zone), spanOfDay(next, zone)];
        if (!span || !nextSpan) throw new Error('a day is missing');
        expect(span.before).toEqual(nextSpan.from);
        expect(dayOf(span.from, zone)).toBe(day);
        expect(dayOf(new Date(span.before.getTime() - 1), zone)).toBe(day);
        expect(dayOf(span.before, zone)).toBe(next);
      }),
    );
  });
});

describe('spanOfDate', () => {
  const at = (text: string, zone = 'America/New_York') => spanOfDate(text, zone)?.from.toISOString();

  test('takes a day as the whole day and a time as one millisecond', () => {
    expect(spanOfDate('2025-11-07', 'UTC')).toEqual(spanOfDay('2025-11-07', 'UTC'));
    expect(spanOfDate('2025-11-07T10:00:00.123Z', 'UTC')?.before.toISOString()).toBe('2025-11-07T10:00:00.124Z');
  });

  test('takes a time without an offset as the zone has it', () => {
    expect(at('2025-11-07T10:00')).toBe('2025-11-07T15:00:00.000Z');
    expect(at('2025-11-07 10:00:30')).toBe('2025-11-07T15:00:30.000Z');
    expect(at('2025-03-09T02:30')).toBe('2025-03-09T07:30:00.000Z');
    expect(at('2025-11-02T01:30')).toBe('2025-11-02T05:30:00.000Z');
  });

  test('takes an offset, also one whose plus a query string made a blank', () => {
    expect(at('2025-11-07T10:00:00Z')).toBe('2025-11-07T10:00:00.000Z');
    expect(at('2025-11-07T10:00:00.5+02:00')).toBe('2025-11-07T08:00:00.500Z');
    expect(at('2025-11-07T10:00:00 02:00')).toBe('2025-11-07T08:00:00.000Z');
    expect(at('2025-11-07T10:00-0530')).toBe('2025-11-07T15:30:00.000Z');
  });

  test('agrees with Date.parse on every instant', () => {
    const instants = fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(instants, (date) => {
        expect(at(date.toISOString(), 'Asia/Tokyo')).toBe(date.toISOString());
      }),
    );
  });

  test('knows nothing else and never throws', () => {
    for (const text of ['yesterday', '1762500000', '2025-11-07T25:00', '2025-11-07T10:61', '2025-02-29T10:00:00Z']) {
      expect(spanOfDate(text, 'UTC')).toBeUndefined();
    }
    fc.assert(fc.property(fc.string(), (text) => void spanOfDate(text, 'UTC')));
  });
});

test('isTimeZone tells zones from other words', () => {
  expect(isTimeZone('Europe/Berlin')).toBe(true);
  expect(isTimeZone('Berlin')).toBe(false);
  expect(isTimeZone('')).toBe(false);
});

describe('the same time in past weeks', () => {
  test('is by the clocks, also when they were changed', () => {
    const now = new Date('2025-11-05T08:30:00Z');
    expect(weeksAgo(now, 1, 'Europe/Berlin').toISOString()).toBe('2025-10-29T08:30:00.000Z');
    expect(weeksAgo(now, 2, 'Europe/Berlin').toISOString()).toBe('2025-10-22T07:30:00.000Z');
  });
});
