import { createLoader, createSerializer } from 'nuqs/server';
import { describe, expect, it } from 'vitest';
import { activityFilter } from '#domain/filter.ts';
import { activityFilterOf, DEFAULT_FEED, type FeedState, feedParams, isFiltered, showsNewest } from './feed-filters.ts';

const load = createLoader(feedParams);
const serialize = createSerializer(feedParams);
const now = new Date('2025-11-07T12:00:00Z');
const lead = '0190a000-0000-7000-8000-000000000001';

describe('the URL', () => {
  it('without parameters is the default state', () => {
    expect(load('')).toEqual(DEFAULT_FEED);
    expect(serialize(DEFAULT_FEED)).toBe('');
  });

  it('carries every filter there and back', () => {
    const state: FeedState = {
      q: '"calendly booking" -test, 100%',
      type: ['MESSAGE_SENT', 'demo.thing, with comma'],
      category: ['SMS', 'BOOKING'],
      source: 'n8n:kJMMZ10anu4NqYUL',
      lead,
      range: 'custom',
      from: '2025-11-01',
      to: '2025-11-03',
      sort: 'lead',
      order: 'asc',
      page: 7,
      cursor: 'WyJhIl0',
      live: 'off',
    };
    expect(load(serialize(state))).toEqual(state);
  });

  it('ignores what cannot be', () => {
    expect(load('?page=0&range=year&lead=me&from=2025-02-30&category=SMS,NOPE&sort=price&live=maybe')).toEqual({
      ...DEFAULT_FEED,
      category: ['SMS'],
    });
  });
});

describe('activityFilterOf', () => {
  it('asks for the last 24 hours by default', () => {
    expect(activityFilterOf(DEFAULT_FEED, now, 'UTC')).toEqual({ from: '2025-11-06T12:00:00.000Z' });
  });

  it('takes the days of a custom range whole, in the time zone', () => {
    const state: FeedState = { ...DEFAULT_FEED, range: 'custom', from: '2025-11-01', to: '2025-11-02' };
    expect(activityFilterOf(state, now, 'America/New_York')).toEqual({
      from: '2025-11-01T04:00:00.000Z',
      before: '2025-11-03T05:00:00.000Z',
    });
  });

  it('makes a filter that the server takes', () => {
    const state = load(`?q=%20hello%20&type=MESSAGE_SENT&category=SMS&source=ui:x&lead=${lead}&range=all`);
    const filter = activityFilterOf(state, now, 'UTC');
    expect(filter).toEqual({
      search: 'hello',
      types: ['MESSAGE_SENT'],
      categories: ['SMS'],
      sources: ['ui:x'],
      leadId: lead,
    });
    expect(activityFilter.parse(filter)).toEqual(filter);
  });
});

describe('what the state means', () => {
  it('is filtered when anything narrows it', () => {
    expect(isFiltered(DEFAULT_FEED)).toBe(false);
    expect(isFiltered({ ...DEFAULT_FEED, sort: 'lead', page: 3, live: 'off' })).toBe(false);
    expect(isFiltered({ ...DEFAULT_FEED, range: '7d' })).toBe(true);
  });

  it('shows the newest on the first page, newest first', () => {
    expect(showsNewest(DEFAULT_FEED)).toBe(true);
    expect(showsNewest({ ...DEFAULT_FEED, page: 2 })).toBe(false);
    expect(showsNewest({ ...DEFAULT_FEED, order: 'asc' })).toBe(false);
    expect(showsNewest({ ...DEFAULT_FEED, sort: 'type' })).toBe(false);
  });
});
