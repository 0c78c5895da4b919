import { describe, expect, it } from 'vitest';
import type { ActivityView } from '#domain/activity.ts';
import { liveEvent } from '#testing/live-events.ts';
import { daysOf, groupDays } from './group-days.ts';

const activity = (values: Partial<ActivityView>) => liveEvent(1, values).view;

describe('groupDays', () => {
  const rows = [
    activity({ id: 'c', occurredAt: '2025-11-07T04:30:00.000Z' }),
    activity({ id: 'b', occurredAt: '2025-11-07T03:00:00.000Z' }),
    activity({ id: 'a', occurredAt: '2025-11-05T23:30:00.000Z' }),
  ];

  it('puts a heading before each day of the time zone', () => {
    expect(groupDays(rows, 'UTC').map(({ key }) => key)).toEqual(['2025-11-07', 'c', 'b', '2025-11-05', 'a']);
    expect(groupDays(rows, 'America/New_York').map(({ key }) => key)).toEqual([
      '2025-11-06',
      'c',
      'b',
      '2025-11-05',
      'a',
    ]);
    expect(groupDays(rows, 'Asia/Tokyo').map(({ key }) => key)).toEqual(['2025-11-07', 'c', 'b', '2025-11-06', 'a']);
  });

  it('has no heading for nothing', () => {
    expect(groupDays([], 'UTC')).toEqual([]);
  });

  it('gives each day its rows', () => {
    expect(daysOf(groupDays(rows, 'UTC')).map(({ day, activities }) => [day, activities.length])).toEqual([
      ['2025-11-07', 2],
      ['2025-11-05', 1],
    ]);
  });
});
