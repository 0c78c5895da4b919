import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ActivityView } from '#domain/activity.ts';
import { type ActivityFilter, type PageRequest, pageRequest } from '#domain/filter.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';
import { createQueries, type Queries } from './index.ts';

let book: TestBook;
let queries: Queries;

beforeAll(async () => {
  book = await createTestBook();
  queries = createQueries({ pool: book.pool });
});
afterAll(() => book.drop());

function feed(workspaceId: string, filter: ActivityFilter = {}, page: Partial<PageRequest> = {}) {
  return queries.feed(workspaceId, filter, pageRequest.parse(page));
}

/** All pages, one cursor after the other. */
async function readAll(
  workspaceId: string,
  filter: ActivityFilter,
  page: Partial<PageRequest>,
): Promise<ActivityView[]> {
  const rows: ActivityView[] = [];
  let cursor: string | undefined;
  do {
    const answer = await feed(workspaceId, filter, { ...page, cursor });
    rows.push(...answer.rows);
    cursor = answer.nextCursor ?? undefined;
  } while (cursor);
  return rows;
}

const at = (text: string) => new Date(`2025-${text}Z`);

describe('pages', () => {
  test('by number and by cursor show each row once, in order, in every sort', async () => {
    const workspace = await book.makeWorkspace();
    const names = ['Zoe', 'adam', 'Adam', 'Mia'];
    const leads = await Promise.all(names.map((firstName) => book.makeLead(workspace, { firstName })));
    const types = ['OPT_OUT', 'MESSAGE_SENT', 'LINK_CLICKED'];
    const made = Array.from({ length: 90 }, (_, n) => ({
      leadId: [...leads, undefined][n % 5],
      type: types[n % 3],
      description: `row ${n}`,
      // Many share a millisecond, over a turn of the month.
      occurredAt: new Date(Date.UTC(2025, 4, 31, 23, 59, 59, 980 + (n % 40))),
    }));
    await book.log(workspace, ...made);

    const byTime = (a: ActivityView, b: ActivityView) =>
      b.occurredAt.localeCompare(a.occurredAt) || (a.id < b.id ? 1 : -1);
    const nameOf = (row: ActivityView) => row.lead?.firstName?.toLowerCase();
    const byName = (a: ActivityView, b: ActivityView, turn: number) => {
      const [nameA, nameB] = [nameOf(a), nameOf(b)];
      if (nameA === undefined || nameB === undefined) return Number(nameA === undefined) - Number(nameB === undefined);
      return turn * nameA.localeCompare(nameB) || (a.lead?.id ?? '').localeCompare(b.lead?.id ?? '');
    };
    const orders = {
      time: { desc: byTime, asc: (a: ActivityView, b: ActivityView) => -byTime(a, b) },
      type: {
        asc: (a: ActivityView, b: ActivityView) => a.type.localeCompare(b.type) || byTime(a, b),
        desc: (a: ActivityView, b: ActivityView) => b.type.localeCompare(a.type) || byTime(a, b),
      },
      lead: {
        asc: (a: ActivityView, b: ActivityView) => byName(a, b, 1) || byTime(a, b),
        desc: (a: ActivityView, b: ActivityView) => byName(a, b, -1) || byTime(a, b),
      },
    };
    for (const sort of ['time', 'type', 'lead'] as const) {
      for (const order of ['desc', 'asc'] as const) {
        const rows = await readAll(workspace, {}, { sort, order, limit: 7 });
        expect(new Set(rows.map(({ id }) => id)).size).toBe(90);
        expect(rows).toEqual([...rows].sort(orders[sort][order]));
        const numbered = [];
        for (const page of [1, 2, 3, 4, 5])
          numbered.push(...(await feed(workspace, {}, { sort, order, limit: 20, page })).rows);
        expect(numbered).toEqual(rows);
      }
    }
  });

  test('by cursor visit every row that was there exactly once while others arrive', async () => {
    const workspace = await book.makeWorkspace();
    const old = await book.log(
      workspace,
      ...Array.from({ length: 60 }, (_, n) => ({ occurredAt: at(`06-01T00:00:${String(n).padStart(2, '0')}`) })),
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await feed(workspace, {}, { limit: 8, cursor });
      seen.push(...page.rows.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
      await book.log(workspace, { description: 'newer', occurredAt: at('06-02T00:00:00') });
    } while (cursor);
    expect(seen).toEqual([...old].reverse());
  });

  test('agree with their stream cursor: what is on the page is not after it', async () => {
    const workspace = await book.makeWorkspace();
    await book.log(workspace, {});
    const { rows, streamCursor } = await feed(workspace);
    expect(Number(streamCursor.split('.')[1])).toBe(rows[0]?.position);
    await book.log(await book.makeWorkspace(), {});
    const later = await feed(workspace);
    expect(Number(later.streamCursor.split('.')[1])).toBe(Number(streamCursor.split('.')[1]) + 1);
  });

  test('refuse cursors of another sort, and what is no cursor', async () => {
    const workspace = await book.makeWorkspace();
    await book.log(workspace, {}, {});
    const { nextCursor } = await feed(workspace, {}, { limit: 1 });
    const cursor = nextCursor ?? '';
    for (const page of [
      { cursor, order: 'asc' },
      { cursor, sort: 'type' },
      { cursor: 'x' },
      { cursor: 'WzFd' },
    ] as const) {
      await expect(feed(workspace, {}, page)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        issues: [{ path: 'cursor' }],
      });
    }
  });

  test('end at the cap: total says so, numbers end there, cursors go on', async () => {
    const workspace = await book.makeWorkspace();
    await book.log(workspace, { occurredAt: at('07-01T00:00:00') });
    await book.pool.query(
      `INSERT INTO activity (id, workspace_id, door, type, category, occurred_at, description, source)
       SELECT gen_random_uuid(), $1, 'lead', 'OPT_OUT', 'SMS', '2025-07-02'::timestamptz + n * interval '1 s', 'many', 'sql'
         FROM generate_series(1, 10050) n`,
      [workspace],
    );
    for (const filter of [{}, { search: 'many' }, { sources: ['sql'] }]) {
      for (const sort of ['time', 'type', 'lead'] as const) {
        const last = await feed(workspace, filter, { sort, limit: 200, page: 50 });
        expect(last).toMatchObject({ total: 10_000, totalIsCapped: true });
        expect(last.rows).toHaveLength(200);
        const next = await feed(workspace, filter, { sort, limit: 200, cursor: last.nextCursor ?? '' });
        expect(next.nextCursor).toBeNull();
        expect(next.rows).toHaveLength('search' in filter || 'sources' in filter ? 50 : 51);
      }
    }
    await expect(feed(workspace, {}, { limit: 200, page: 51 })).rejects.toMatchObject({ issues: [{ path: 'page' }] });
  });
});
