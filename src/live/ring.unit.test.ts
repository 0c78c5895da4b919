import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { liveEvent } from '#testing/live-events.ts';
import type { LiveEvent } from './event.ts';
import { Ring } from './ring.ts';

const seqs = (events: readonly LiveEvent[]) => events.map(({ seq }) => seq);

describe('Ring', () => {
  test('holds everything after its floor', () => {
    const ring = new Ring({ ringCount: 3, ringBytes: 1_000_000 });
    ring.restart(10);
    ring.push([11, 14, 15, 19].map((seq) => liveEvent(seq)));
    expect({ floor: ring.floor, head: ring.head, count: ring.count }).toEqual({ floor: 11, head: 19, count: 3 });
    expect([10, 11, 12, 19].map((seq) => ring.covers(seq))).toEqual([false, true, true, true]);
    expect(seqs(ring.range('w', 11, 19, 10))).toEqual([14, 15, 19]);
    expect(seqs(ring.range('w', 14, 18, 10))).toEqual([15]);
    expect(seqs(ring.range('w', 11, 19, 2))).toEqual([14, 15]);
    expect(ring.range('other', 11, 19, 10)).toEqual([]);
  });

  test('keeps the head when an activity alone is larger than the ring', () => {
    const ring = new Ring({ ringCount: 10, ringBytes: 10 });
    ring.restart(0);
    ring.push([liveEvent(5, { description: 'x'.repeat(100) })]);
    expect({ floor: ring.floor, head: ring.head, count: ring.count, bytes: ring.bytes }).toEqual({
      floor: 5,
      head: 5,
      count: 0,
      bytes: 0,
    });
  });

  test('answers like a list that forgets nothing, for every place it says it covers', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 60 });
    fc.assert(
      fc.property(
        gaps,
        fc.integer({ min: 1, max: 10 }),
        fc.nat(200),
        fc.nat(200),
        (steps, ringCount, after, length) => {
          const ring = new Ring({ ringCount, ringBytes: 1_000_000 });
          ring.restart(0);
          let seq = 0;
          const all = steps.map((step) => {
            seq += step;
            const event = liveEvent(seq, {}, seq % 2 ? 'w' : 'other');
            ring.push([event]);
            return event;
          });
          expect(ring.count).toBe(Math.min(ringCount, all.length));
          fc.pre(ring.covers(after));
          const expected = all.filter(
            (event) => event.workspaceId === 'w' && event.seq > after && event.seq <= after + length,
          );
          expect(ring.range('w', after, after + length, 1000)).toEqual(expected);
        },
      ),
    );
  });
});
