import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ActivityFilter, pageRequest } from '#domain/filter.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';
import { createQueries, type Queries } from './index.ts';
import { MOST_LEADS } from './search-leads.ts';
import { parseSearch } from './search-words.ts';
import { STOP_WORDS } from './stop-words.ts';
import { englishQuery, leadPattern, lexemeQuery } from './term-query.ts';

let book: TestBook;
let queries: Queries;
let workspace: string;
let john: string;

beforeAll(async () => {
  book = await createTestBook();
  queries = createQueries({ pool: book.pool });
  workspace = await book.makeWorkspace();
  john = await book.makeLead(workspace, {
    firstName: 'John',
    lastName: "O'Neil-Smith",
    email: 'john+crm@acme-corp.com',
    phone: '+1 (408) 555-1234',
    company: 'Acme & Söhne',
  });
  const al = await book.makeLead(workspace, { firstName: 'Al', lastName: 'Will', email: 'al@example.org' });
  await book.log(
    workspace,
    { description: 'A', message: 'Hey, saw your form submission. Are you booking a call?', leadId: john },
    {
      description: 'B',
      message: 'Your call was booked for tomorrow',
      source: 'n8n:kajabi-scheduler',
      executionId: 'Exec-28973',
    },
    {
      description: 'C',
      message: 'Ring 415.555.9876 or (650) 555-0000',
      metadata: { campaign: { name: 'Problem Mapping' }, step: 7 },
    },
    {
      description: 'D',
      message: 'form for alpine party',
      leadAirtableId: 'recABCdef123',
      metadata: { phone: '+1 (212) 555-4321' },
    },
    { description: 'E', message: '50% off_now \\ c:\\path', leadId: al },
    { description: 'F', message: 'mail to jane.doe+list@example.com', leadEmail: 'early@bird.io' },
  );
});
afterAll(() => book.drop());

async function found(search: string, filter: ActivityFilter = {}): Promise<string> {
  const page = await queries.feed(workspace, { ...filter, search }, pageRequest.parse({ order: 'asc' }));
  expect(page.total).toBe(page.rows.length);
  const ids = await queries.matchSearch(workspace, { ...filter, search }, 0, Number.MAX_SAFE_INTEGER);
  expect([...ids].sort()).toEqual(page.rows.map(({ id }) => id).sort());
  return page.rows.map(({ description }) => description).join('');
}

async function foundIn(workspaceId: string, search: string): Promise<string> {
  const page = await queries.feed(workspaceId, { search }, pageRequest.parse({ order: 'asc' }));
  const ids = await queries.matchSearch(workspaceId, { search }, 0, Number.MAX_SAFE_INTEGER);
  expect([...ids].sort()).toEqual(page.rows.map(({ id }) => id).sort());
  return page.rows.map(({ description }) => description).join('');
}

describe('a search finds', () => {
  test('words, all of them, in any form and order', async () => {
    expect(await found('book')).toBe('AB');
    expect(await found('CALLS')).toBe('AB');
    expect(await found('booked calls')).toBe('AB');
    expect(await found('call form')).toBe('A');
    expect(await found('call alpine')).toBe('');
    expect(await found('the call')).toBe('AB');
  });

  test('words that begin with what is typed, from three letters on', async () => {
    expect(await found('subm')).toBe('A');
    expect(await found('tomo')).toBe('B');
    expect(await found('to')).toBe('');
    expect(await found('alp')).toBe('D');
  });

  test('phrases, their words next to each other', async () => {
    expect(await found('"form submission"')).toBe('A');
    expect(await found('"submission form"')).toBe('');
    expect(await found('"form sub')).toBe('A');
    expect(await found('"problem mapping"')).toBe('C');
  });

  test('not what is excluded, and excludes whole words only', async () => {
    expect(await found('form -party')).toBe('A');
    expect(await found('form -"alpine party"')).toBe('A');
    expect(await found('form -par')).toBe('AD');
    expect(await found('-form -call')).toBe('CEF');
    expect(await found('book -john')).toBe('B');
    expect(await found('book -neil')).toBe('B');
    expect(await found('form -al')).toBe('AD');
  });

  test('values of metadata, sources, executions and the ids of leads', async () => {
    expect(await found('mapping 7')).toBe('C');
    expect(await found('n8n:kajabi-scheduler')).toBe('B');
    expect(await found('n8n:kaj')).toBe('B');
    expect(await found('exec-28973')).toBe('B');
    expect(await found('28973')).toBe('');
    expect(await found('recABCdef123')).toBe('D');
    expect(await found('"recabcdef123"')).toBe('D');
  });

  test('e-mails, whole and begun, of texts, of leads and of leads not known yet', async () => {
    expect(await found('jane.doe+list@example.com')).toBe('F');
    expect(await found('early@bird.io')).toBe('F');
    expect(await found('early@b')).toBe('F');
    expect(await found('john+crm@acme-corp.com')).toBe('A');
    expect(await found('acme-corp.com')).toBe('A');
    expect(await found('al@example.org')).toBe('E');
  });

  test('phone numbers, however they are written', async () => {
    for (const written of [
      '4085551234',
      '408-555-1234',
      '(408) 555 1234',
      '+1 408 555-1234',
      '"408-555-1234"',
      '5551234',
    ]) {
      expect(await found(written)).toBe('A');
    }
    for (const written of ['4155559876', '415-555-9876', '+1 (415) 555-9876']) expect(await found(written)).toBe('C');
    expect(await found('6505550000')).toBe('C');
    expect(await found('212-555-4321')).toBe('D');
    expect(await found('book -408-555-1234')).toBe('B');
  });

  test('the name and company of the lead', async () => {
    expect(await found('john')).toBe('A');
    expect(await found("o'neil")).toBe('A');
    expect(await found('smith')).toBe('A');
    expect(await found('"o\'neil-smith"')).toBe('A');
    expect(await found('john book')).toBe('A');
    expect(await found('john party')).toBe('');
    expect(await found('söhne')).toBe('A');
    expect(await found('will')).toBe('E');
    expect(await found('al')).toBe('E');
    expect(await found('"al will"')).toBe('E');
    expect(await found('acme & söhne')).toBe('A');
  });

  test('by the id of a lead what came under another name of it', async () => {
    const other = await book.makeWorkspace();
    const lead = await book.makeLead(other, { firstName: 'Quentin', airtableRecordId: 'recQuentin0001Ab' });
    await book.log(other, { description: 'Q', message: 'hello', leadId: lead }, { description: 'R', message: 'hello' });
    expect(await foundIn(other, 'recQuentin0001Ab')).toBe('Q');
    expect(await foundIn(other, lead)).toBe('Q');
    expect(await foundIn(other, 'hello -recQuentin0001Ab')).toBe('R');
    expect(await foundIn(other, '-recQuentin0001Ab')).toBe('R');
    expect(await foundIn(other, 'hello -quentin')).toBe('R');
  });

  test('hyphenated words, written together or apart', async () => {
    const other = await book.makeWorkspace();
    await book.log(
      other,
      { description: '1', message: 'a call-back tomorrow, then a follow-up' },
      { description: '2', message: 'please call back today' },
      { description: '3', message: 'back from the call' },
      { description: '4', message: 'no-show again, opt-out sent' },
    );
    expect(await foundIn(other, 'call-back')).toBe('12');
    expect(await foundIn(other, '"call-back tomorrow"')).toBe('1');
    expect(await foundIn(other, '-call-back')).toBe('34');
    expect(await foundIn(other, 'call back')).toBe('123');
    expect(await foundIn(other, 'follow-up')).toBe('1');
    expect(await foundIn(other, 'no-show')).toBe('4');
    expect(await foundIn(other, 'opt-out')).toBe('4');
  });

  test('nothing by stop words alone but leads of that name, and everything by signs alone', async () => {
    expect(await found('the')).toBe('');
    expect(await found('the and of')).toBe('');
    expect(await found('"')).toBe('ABCDEF');
    expect(await found('-')).toBe('ABCDEF');
    expect(await found('""')).toBe('ABCDEF');
  });

  test('the same by a very long text as by its first words', async () => {
    expect(await found(`call ${'call '.repeat(90)}`)).toBe('AB');
    expect(await found('x'.repeat(500))).toBe('');
  });

  test('what other filters leave', async () => {
    expect(await found('book', { leadId: john })).toBe('A');
    expect(await found('book', { sources: ['n8n:kajabi-scheduler'] })).toBe('B');
    expect(await found('book', { types: ['OPT_OUT'] })).toBe('');
  });

  test('takes signs of its own languages as text', async () => {
    expect(await found('50%')).toBe('E');
    expect(await found('%')).toBe('ABCDEF');
    expect(await found('jo%n')).toBe('');
    expect(await found('j_hn')).toBe('');
    expect(await found('c:\\path')).toBe('E');
    expect(await found("book & call | ! :* <->'")).toBe('AB');
  });

  test('the activities of leads too many to look up one by one', async () => {
    const crowded = await book.makeWorkspace();
    const leads = [];
    for (let n = 0; n <= MOST_LEADS; n += 1) leads.push(await book.makeLead(crowded, { company: 'Globex' }));
    await book.log(crowded, ...leads.map((leadId) => ({ leadId, description: 'hello' })), { description: 'nobody' });
    const page = (search: string) => queries.feed(crowded, { search }, pageRequest.parse({ limit: 5 }));
    expect(await page('globex')).toMatchObject({ total: MOST_LEADS + 1 });
    expect(await page('globex hello')).toMatchObject({ total: MOST_LEADS + 1 });
    expect(await page('-globex')).toMatchObject({ total: 1, rows: [{ description: 'nobody' }] });
  });
});

describe('whatever is typed', () => {
  const JUDGE = `SELECT to_tsquery('english', $1), lower($2)::tsquery, $3::tsquery,
    lead_search_text('a', 'b', 'c', 'd', 'e') LIKE lower($4), lead_search_text('a', 'b', 'c', 'd', 'e') ~ lower($5)`;

  test('is no syntax error in any of the languages', async () => {
    const signs = fc.constantFrom(
      "'",
      '\\',
      ':*',
      '&',
      '|',
      '!',
      '<->',
      '(',
      ')',
      '[',
      ']',
      '{1',
      '%',
      '_',
      '*',
      '+',
      '"',
      '-',
      ' ',
      'a',
      'the',
      '408 555-1234',
    );
    const typed = fc.oneof(
      fc.array(signs, { maxLength: 12 }).map((parts) => parts.join('')),
      fc.string({ unit: 'binary', maxLength: 500 }),
      fc.string({ unit: 'grapheme', minLength: 100, maxLength: 250 }),
    );
    await fc.assert(
      fc.asyncProperty(typed, async (text) => {
        for (const term of parseSearch(text)) {
          const exact = { ...term, exact: true };
          const open = { ...term, exact: false };
          await book.pool.query(JUDGE, [
            englishQuery(open),
            lexemeQuery(open),
            lexemeQuery(exact),
            leadPattern(open).pattern,
            leadPattern(exact).pattern,
          ]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('the stop words are those of the database', async () => {
    const { rows } = await book.pool.query(
      `SELECT word FROM unnest($1::text[]) word WHERE to_tsvector('english', word) <> ''::tsvector`,
      [[...STOP_WORDS]],
    );
    expect(rows).toEqual([]);
    expect(STOP_WORDS.size).toBe(127);
  });
});
