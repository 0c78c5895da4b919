import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestBook, type TestBook } from '#testing/book.ts';
import { createQueries, type Queries, type TimelineRequest } from './index.ts';

let book: TestBook;
let queries: Queries;
let workspace: string;

beforeAll(async () => {
  book = await createTestBook();
  queries = createQueries({ pool: book.pool });
  workspace = await book.makeWorkspace();
});
afterAll(() => book.drop());

async function told(leadId: string, more: Omit<TimelineRequest, 'leadId'> = {}): Promise<string> {
  const { rows } = await queries.timeline(workspace, { leadId, ...more });
  return rows.map(({ description }) => description).join(' ');
}

describe('the timeline of a lead', () => {
  test('is what came under any of its keys, newest first, across months', async () => {
    const keys = { airtableRecordId: 'recT1', email: 'Tim@Example.com', phone: '(408) 555-7777', firstName: 'Tim' };
    const day = (month: number) => new Date(Date.UTC(2025, month, 3));
    await book.log(
      workspace,
      { leadAirtableId: 'recT1', description: 'airtable', occurredAt: day(1) },
      { leadEmail: 'tim@example.com', description: 'email', occurredAt: day(3) },
      { leadPhone: '4085557777', description: 'phone', occurredAt: day(2) },
      { leadAirtableId: 'recT2', description: 'somebody else', occurredAt: day(2) },
    );
    const leadId = await book.makeLead(workspace, keys);
    await book.log(workspace, { leadId, description: 'id', occurredAt: day(4) });
    const { rows, lead, nextCursor } = await queries.timeline(workspace, { leadId });
    expect(rows.map(({ description }) => description)).toEqual(['id', 'email', 'phone', 'airtable']);
    for (const row of rows) expect(row.lead).toEqual(lead);
    expect(lead).toEqual({ id: leadId, firstName: 'Tim', lastName: null, email: 'Tim@Example.com' });
    expect(nextCursor).toBeNull();
  });

  test('shows what came early as soon as the lead is known', async () => {
    await book.log(workspace, { leadAirtableId: 'recEARLY', description: 'early' });
    const leadId = await book.makeLead(workspace, { firstName: 'Eva' });
    expect(await told(leadId)).toBe('');
    await book.changeLead(leadId, { airtableRecordId: 'recEARLY' });
    expect(await told(leadId)).toBe('early');
  });

  test('has of a key that was handed on only the time in which it had it', async () => {
    const email = 'info@example.com';
    const first = await book.makeLead(workspace, { email });
    await book.changeLead(first, { email: null });
    const second = await book.makeLead(workspace, { email });
    await book.log(workspace, { leadEmail: email, description: 'later' });
    await book.changeLead(second, { email: 'other@example.com' });
    await book.changeLead(first, { email });
    await book.log(workspace, { leadEmail: email, description: 'back again' });
    expect(await told(first)).toBe('back again');
    expect(await told(second)).toBe('later');
  });

  test('narrows by types, categories and words', async () => {
    const leadId = await book.makeLead(workspace, { firstName: 'Nora' });
    await book.log(
      workspace,
      { leadId, description: 'one', type: 'OPT_OUT' },
      { leadId, description: 'two', message: 'call me', category: 'MANUAL', type: 'NOTE_ADDED' },
      { leadId, description: 'three', message: 'called' },
    );
    expect(await told(leadId)).toBe('three two one');
    expect(await told(leadId, { types: ['OPT_OUT', 'NOTE_ADDED'] })).toBe('two one');
    expect(await told(leadId, { categories: ['MANUAL'] })).toBe('two');
    expect(await told(leadId, { search: 'call' })).toBe('three two');
    expect(await told(leadId, { search: 'call -me' })).toBe('three two');
    expect(await told(leadId, { search: 'nora -call' })).toBe('one');
    expect(await told(leadId, { search: 'somebody' })).toBe('');
  });

  test('goes on by cursor: every row once, while others arrive', async () => {
    const leadId = await book.makeLead(workspace, { airtableRecordId: 'recPAGES' });
    const occurredAt = new Date('2025-05-05T05:05:05.005Z');
    // Many share a millisecond: the id decides.
    const rows = Array.from({ length: 50 }, (_, n) => ({
      ...(n % 2 ? { leadId } : { leadAirtableId: 'recPAGES' }),
      id: `01970000-0000-7000-8000-0000000000${n + 10}`,
      occurredAt: new Date(occurredAt.getTime() + Math.floor(n / 7)),
    }));
    const ids = await book.log(workspace, ...rows);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await queries.timeline(workspace, { leadId, limit: 6, cursor });
      expect(page.rows.length).toBeLessThanOrEqual(6);
      seen.push(...page.rows.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
      await book.log(workspace, { leadId, description: 'newer' });
    } while (cursor);
    expect(seen).toEqual([...ids].reverse());
  });

  test('of another workspace, or of nobody, is not found', async () => {
    const leadId = await book.makeLead(await book.makeWorkspace());
    for (const id of [leadId, '00000000-0000-4000-8000-000000000000']) {
      await expect(queries.timeline(workspace, { leadId: id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  test('never has what came under the same keys in another workspace', async () => {
    const other = await book.makeWorkspace();
    const keys = { airtableRecordId: 'recBOTH', email: 'both@example.com' };
    const leadId = await book.makeLead(workspace, keys);
    await book.makeLead(other, keys);
    await book.log(other, { leadAirtableId: 'recBOTH' }, { leadEmail: 'both@example.com' });
    expect(await told(leadId)).toBe('');
  });
});

describe('the other reads', () => {
  test('sources are those of the workspace, in order', async () => {
    const own = await book.makeWorkspace();
    await book.log(own, { source: 'ui:notes' }, { source: 'n8n:a' }, { source: 'ui:notes' });
    expect(await queries.sources(own)).toEqual(['n8n:a', 'ui:notes']);
    expect(await queries.sources(await book.makeWorkspace())).toEqual([]);
  });

  test('the live match knows only the workspace and the range of positions', async () => {
    const own = await book.makeWorkspace();
    const [first, second, third] = await book.log(own, {}, { description: 'hello there' }, { description: 'hello' });
    await book.log(await book.makeWorkspace(), { description: 'hello' });
    const page = await queries.feed(own, {}, { limit: 50, page: 1, sort: 'time', order: 'asc' });
    const [low = 0, middle = 0, high = 0] = page.rows.map(({ position }) => position);
    const match = (from: number, to: number) => queries.matchSearch(own, { search: 'hello' }, from, to);
    expect(await match(low - 1, high + 1)).toEqual(new Set([second, third]));
    expect(await match(middle, high)).toEqual(new Set([third]));
    expect(await match(low, middle)).toEqual(new Set([second]));
    expect(await queries.matchSearch(own, { search: '-hello' }, low - 1, high)).toEqual(new Set([first]));
  });

  test('the time zone is that of the workspace', async () => {
    expect(await queries.timeZone(await book.makeWorkspace('Asia/Tokyo'))).toBe('Asia/Tokyo');
    await expect(queries.timeZone('00000000-0000-4000-8000-000000000000')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
