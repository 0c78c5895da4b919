import { expect, it } from 'vitest';
import { liveEvent } from '#testing/live-events.ts';
import { readTimeline } from './read-timeline.ts';

/** A timeline of `length` rows, newest first, read as the server reads it; notes the size of each page. */
function timelineOf(length: number) {
  const rows = Array.from({ length }, (_, index) => liveEvent(1, { id: `row-${index}` }).view);
  const asked: number[] = [];
  const read = async ({ limit, cursor }: { limit: number; cursor?: string }) => {
    asked.push(limit);
    const from = Number(cursor ?? 0);
    const to = Math.min(from + limit, length);
    return {
      rows: rows.slice(from, to),
      nextCursor: to < length ? String(to) : null,
      streamCursor: `1.${asked.length}`,
    };
  };
  return { read, asked };
}

it('reads one page when no more was loaded', async () => {
  const { read, asked } = timelineOf(500);
  const page = await readTimeline(read, 12);
  expect(asked).toEqual([50]);
  expect(page).toMatchObject({ total: 50, nextCursor: '50', streamCursor: '1.1' });
});

it('reads as far down as was loaded, and follows from the first page on', async () => {
  const { read, asked } = timelineOf(900);
  const page = await readTimeline(read, 450);
  expect(asked).toEqual([200, 200, 200]);
  expect(page.rows.map((row) => row.id)).toEqual(Array.from({ length: 600 }, (_, index) => `row-${index}`));
  expect(page).toMatchObject({ nextCursor: '600', streamCursor: '1.1' });
});

it('stops at the end', async () => {
  const { read } = timelineOf(30);
  expect(await readTimeline(read, 50)).toMatchObject({ total: 30, nextCursor: null });
});
