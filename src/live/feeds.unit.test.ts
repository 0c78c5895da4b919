import { describe, expect, test } from 'vitest';
import { liveEvent } from '#testing/live-events.ts';
import { isAhead, matchingFeeds, NOTHING_FOUND, planStart, toFeedSet } from './feeds.ts';

const BOOK = { epoch: 3, head: 1_000 };

function plan(feeds: readonly (string | undefined)[], lastEventId?: string) {
  const requests = feeds.map((after, index) => ({ id: `f${index}`, filter: {}, after }));
  const { from, starts, resync } = planStart(requests, lastEventId, BOOK, 500);
  return { from, starts: Object.fromEntries(starts), resync };
}

describe('planStart', () => {
  test('without a cursor a feed begins now', () => {
    expect(plan([undefined])).toEqual({ from: 1_000, starts: {}, resync: [] });
  });

  test('with a cursor it begins there', () => {
    expect(plan(['3.900'])).toEqual({ from: 900, starts: {}, resync: [] });
  });

  test('of the cursor of the feed and that of the connection the later one counts', () => {
    expect(plan(['3.900'], '3.950')).toEqual({ from: 950, starts: {}, resync: [] });
    expect(plan(['3.950'], '3.900')).toEqual({ from: 950, starts: {}, resync: [] });
  });

  test('each of several feeds has its own place', () => {
    expect(plan(['3.900', '3.950', undefined])).toEqual({ from: 900, starts: { f1: 950, f2: 1_000 }, resync: [] });
  });

  test.each([
    ['of another epoch', '2.900'],
    ['ahead of the book', '3.1001'],
    ['out of reach', '3.499'],
    ['unreadable', 'yesterday'],
  ])('a cursor %s means resync, and the feed begins now', (_name, cursor) => {
    expect(plan([cursor])).toEqual({ from: 1_000, starts: {}, resync: ['f0'] });
  });

  test('one feed that must resync leaves the others where they are', () => {
    expect(plan(['3.900', '2.900'])).toEqual({ from: 900, starts: { f1: 1_000 }, resync: ['f1'] });
  });

  test('a cursor of this epoch wins over one of another', () => {
    expect(plan(['2.900'], '3.950')).toEqual({ from: 950, starts: {}, resync: [] });
  });
});

test('isAhead tells cursors of this epoch beyond the head', () => {
  const ahead = (after: string | undefined, last?: string) => isAhead([{ id: 'a', filter: {}, after }], last, BOOK);
  expect([ahead(undefined), ahead('3.1000'), ahead('3.1001'), ahead('4.1001'), ahead(undefined, '3.1001')]).toEqual([
    false,
    false,
    true,
    false,
    true,
  ]);
});

describe('feed sets', () => {
  test('that match alike have equal keys, whatever the order', () => {
    const a = { id: 'a', filter: { types: ['X', 'Y'] } };
    const b = { id: 'b', filter: { categories: ['SMS'] } };
    const turned = { id: 'a', filter: { types: ['Y', 'X'] } };
    expect(toFeedSet('w', [a, b]).key).toBe(toFeedSet('w', [b, turned]).key);
    expect(toFeedSet('w', [a, b]).key).not.toBe(toFeedSet('other', [a, b]).key);
    expect(toFeedSet('w', [a]).key).not.toBe(toFeedSet('w', [{ ...a, id: 'c' }]).key);
  });

  test('cannot have two feeds of one id', () => {
    const twice = [
      { id: 'a', filter: {} },
      { id: 'a', filter: { types: ['X'] } },
    ];
    expect(() => toFeedSet('w', twice)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });

  test('name the feeds that an event belongs to, by filter and by what the database found', () => {
    const set = toFeedSet('w', [
      { id: 'all', filter: {} },
      { id: 'sms', filter: { categories: ['SMS'] } },
      { id: 'booking', filter: { categories: ['BOOKING'] } },
      { id: 'found', filter: { search: 'hello' } },
      { id: 'found-booking', filter: { search: 'hello', categories: ['BOOKING'] } },
    ]);
    const event = liveEvent(7);
    expect(matchingFeeds(set, event, NOTHING_FOUND)).toEqual(['all', 'sms']);
    const found = new Map(set.feeds.flatMap(({ search }) => (search ? [[search, new Set([event.view.id])]] : [])));
    expect(matchingFeeds(set, event, found)).toEqual(['all', 'found', 'sms']);
  });
});
