import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActivityView } from '#domain/activity.ts';
import { liveEvent } from '#testing/live-events.ts';
import { emptyRows, HELD_MAX, type HeldRows, type HeldRowsAction, heldRows, type ReadPage } from './held-rows.ts';

/** The activity at `position` of the book, which happened `minute` minutes into the day. */
function activity(position: number, minute = position, change: Partial<ActivityView> = {}): ActivityView {
  return liveEvent(position, {
    id: `id-${String(position).padStart(6, '0')}`,
    occurredAt: new Date(minute * 60_000).toISOString(),
    ...change,
  }).view;
}

function page(rows: readonly ActivityView[], reached: number, change: Partial<ReadPage> = {}): ReadPage {
  const total = rows.length;
  return { rows, total, totalIsCapped: false, nextCursor: null, streamCursor: `1.${reached}`, ...change };
}

const positions = (rows: readonly ActivityView[]) => rows.map((row) => row.position);
const played = (state: HeldRows, ...actions: HeldRowsAction[]) => actions.reduce(heldRows, state);
const start = played(emptyRows(3), {
  kind: 'page',
  page: page([activity(3), activity(2), activity(1)], 3),
  reading: false,
});

describe('arrivals', () => {
  it('go on top while nobody reads, and the last row makes room', () => {
    const state = played(start, { kind: 'arrive', activities: [activity(4)], reading: false });
    expect(positions(state.rows)).toEqual([4, 3, 2]);
    expect(state.fresh).toEqual(new Set([activity(4).id]));
    expect(state.total).toBe(4);
    expect(state.hasMore).toBe(true);
  });

  it('wait while somebody reads, and move nothing', () => {
    const state = played(start, { kind: 'arrive', activities: [activity(4), activity(5)], reading: true });
    expect(state.rows).toBe(start.rows);
    expect(state.total).toBe(3);
    expect(positions(state.held)).toEqual([5, 4]);
    const released = played(state, { kind: 'release' });
    expect(positions(released.rows)).toEqual([5, 4, 3]);
    expect(released.held).toEqual([]);
    expect(released.total).toBe(5);
  });

  it('go where they belong by the time they occurred', () => {
    const state = played(start, { kind: 'arrive', activities: [activity(9, 2.5)], reading: false });
    expect(positions(state.rows)).toEqual([3, 9, 2]);
  });

  it('that belong below a list with more to load are left to the next page', () => {
    const open = played(emptyRows(100), {
      kind: 'page',
      page: page([activity(3), activity(2)], 3, { nextCursor: 'x', total: 10 }),
      reading: false,
    });
    const state = played(open, { kind: 'arrive', activities: [activity(9, 1)], reading: false });
    expect(positions(state.rows)).toEqual([3, 2]);
    expect(state.total).toBe(11);
  });

  it('are not repeated: not within one flight, not across flights, not after the page that had them', () => {
    const twice = [activity(4), activity(4)];
    const state = played(
      start,
      { kind: 'arrive', activities: [activity(3)], reading: false },
      { kind: 'arrive', activities: twice, reading: true },
      { kind: 'arrive', activities: twice, reading: false },
    );
    expect(positions(state.rows)).toEqual([4, 3, 2]);
    expect(state.held).toEqual([]);
    expect(state.total).toBe(4);
  });

  it('bring along what waited, once nobody reads', () => {
    const state = played(
      start,
      { kind: 'arrive', activities: [activity(4)], reading: true },
      { kind: 'arrive', activities: [activity(5)], reading: false },
    );
    expect(positions(state.rows)).toEqual([5, 4, 3]);
    expect(state.held).toEqual([]);
  });

  it('are counted to the cap', () => {
    const full = played(emptyRows(2), {
      kind: 'page',
      page: page([activity(1)], 1, { total: 10_000 }),
      reading: false,
    });
    const state = played(full, { kind: 'arrive', activities: [activity(2)], reading: false });
    expect([state.total, state.totalIsCapped]).toEqual([10_000, true]);
  });

  it('that belong below the last row shown are counted and neither shown nor held: an import of a past year', () => {
    const open = played(emptyRows(3), {
      kind: 'page',
      page: page([activity(13), activity(12), activity(11)], 13, { nextCursor: 'x', total: 100 }),
      reading: false,
    });
    for (const reading of [true, false]) {
      const old = Array.from({ length: 5 }, (_, index) => activity(index + 20, index + 1));
      const state = played(open, { kind: 'arrive', activities: old, reading });
      expect([state.held, positions(state.rows), state.total]).toEqual([[], [13, 12, 11], 105]);
    }
  });

  it('beyond what may wait are given up for reading the page again', () => {
    const many = Array.from({ length: HELD_MAX + 1 }, (_, index) => activity(index + 4));
    const state = played(start, { kind: 'arrive', activities: many, reading: true });
    expect(state.held).toHaveLength(HELD_MAX);
    expect(state.overflowed).toBe(true);
    expect(played(state, { kind: 'release' }).overflowed).toBe(false);
  });
});

describe('a page that was read again', () => {
  it('replaces the rows while nobody reads, and what it holds no longer waits', () => {
    const waiting = played(start, { kind: 'arrive', activities: [activity(4), activity(6)], reading: true });
    const state = played(waiting, {
      kind: 'page',
      page: page([activity(5), activity(4), activity(3)], 5),
      reading: false,
    });
    expect(positions(state.rows)).toEqual([5, 4, 3]);
    expect(positions(state.held)).toEqual([6]);
  });

  it('renews known rows in place and holds new ones while somebody reads', () => {
    const lead = { id: 'l', firstName: 'Ada', lastName: null, email: null };
    const state = played(start, {
      kind: 'page',
      page: page([activity(5), activity(3, 3, { lead }), activity(2)], 5),
      reading: true,
    });
    expect(positions(state.rows)).toEqual([3, 2, 1]);
    expect(state.rows[0]?.lead).toEqual(lead);
    expect(positions(state.held)).toEqual([5]);
    expect(played(state, { kind: 'arrive', activities: [activity(5)], reading: true }).held).toHaveLength(1);
  });

  it('does not take rows that merely slid down from the page before for new ones', () => {
    const second = played(emptyRows(3), {
      kind: 'page',
      page: page([activity(3), activity(2), activity(1)], 6),
      reading: true,
    });
    const state = played(second, {
      kind: 'page',
      page: page([activity(4), activity(3), activity(2)], 7),
      reading: true,
    });
    expect(positions(state.rows)).toEqual([3, 2, 1]);
    expect(state.held).toEqual([]);
  });
});

it('starts over when it is opened with another question', () => {
  const waiting = played(start, { kind: 'arrive', activities: [activity(4)], reading: true });
  const state = played(waiting, { kind: 'open', page: page([activity(2)], 4) });
  expect(positions(state.rows)).toEqual([2]);
  expect([state.held, state.fresh, state.limit]).toEqual([[], new Set(), 3]);
});

it('appends older rows once', () => {
  const open = played(emptyRows(Number.POSITIVE_INFINITY), {
    kind: 'page',
    page: page([activity(3), activity(2)], 3, { nextCursor: 'x' }),
    reading: false,
  });
  const state = played(open, { kind: 'older', rows: [activity(2), activity(1)], hasMore: false });
  expect(positions(state.rows)).toEqual([3, 2, 1]);
  expect(state.hasMore).toBe(false);
});

it('shows each activity once and in order, however they arrive', () => {
  const flight = fc.record({
    activities: fc.array(
      fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 })).map(([at]) => activity(at, at % 7)),
      { maxLength: 8 },
    ),
    reading: fc.boolean(),
    release: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(flight, { maxLength: 12 }), (flights) => {
      const arrived = new Set<string>();
      let state = played(emptyRows(Number.POSITIVE_INFINITY), { kind: 'page', page: page([], -1), reading: false });
      for (const { activities, reading, release } of flights) {
        for (const row of activities) arrived.add(row.id);
        state = heldRows(state, { kind: 'arrive', activities, reading });
        if (release) state = heldRows(state, { kind: 'release' });
      }
      state = heldRows(state, { kind: 'release' });
      expect(new Set(state.rows.map((row) => row.id))).toEqual(arrived);
      expect(state.rows).toHaveLength(arrived.size);
      expect([...state.rows].sort((a, b) => (a.occurredAt < b.occurredAt ? 1 : -1)).map((r) => r.occurredAt)).toEqual(
        state.rows.map((row) => row.occurredAt),
      );
    }),
  );
});
