import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ImportMappingInput, importMapping } from '#domain/import-mapping.ts';
import { silentLogger } from '#platform/log.ts';
import { type Book, openBook } from '#runtime/book.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';
import type { Feed } from './feed.ts';
import {
  beginImport,
  feedOf,
  type ImportResult,
  openImport,
  type RunRow,
  readRun,
  settingsOf,
  tryImport,
  workOnImport,
} from './index.ts';
import { PRESETS } from './presets/index.ts';
import { rejectedOf, rejectFile } from './rejects.ts';

let test: TestBook;
let book: Book;
const folder = mkdtempSync(join(tmpdir(), 'historybook-import-'));

beforeAll(async () => {
  test = await createTestBook();
  book = openBook(test.url, silentLogger);
});
afterAll(async () => {
  await book.close();
  await test.drop();
  rmSync(folder, { recursive: true, force: true });
});

const MAPPING: ImportMappingInput = {
  name: 'sent',
  key: '{id}',
  lead: { airtableId: '{lead}', email: '{email}' },
  source: 'old:system',
  events: [
    {
      type: { column: 'event', map: { Sent: 'MESSAGE_SENT', Odd: 'NOT_THERE' } },
      time: { column: 'at', format: 'iso' },
      description: 'SMS {id}',
    },
  ],
};
const never = new AbortController().signal;
const OWNERS = `
  FROM pg_locks
  WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** Cuts the connection by which a process owns an import. */
async function cutOwner(): Promise<void> {
  expect((await test.pool.query(`SELECT pg_terminate_backend(pid) ${OWNERS}`)).rowCount).toBe(1);
  await expect.poll(async () => (await test.pool.query(`SELECT pid ${OWNERS}`)).rowCount).toBe(0);
}

let made = 0;
function write(lines: readonly string[], header = 'id,lead,email,event,at'): string {
  made += 1;
  const path = join(folder, `${made}.csv`);
  writeFileSync(path, `${[header, ...lines].join('\n')}\n`);
  return path;
}

async function open(workspaceId: string, path: string, mapping: ImportMappingInput = MAPPING, batch = 3) {
  const settings = settingsOf(importMapping.parse(mapping), { batch });
  return openImport(book.pool, { workspaceId, path, fileName: 'old.csv', settings });
}

async function importIt(workspaceId: string, path: string, mapping: ImportMappingInput = MAPPING) {
  const opened = await open(workspaceId, path, mapping);
  const { run, isResumed } = await beginImport(book, opened, { origin: 'command', by: 'test' });
  const result = await workOnImport(book, run, feedOf(run, opened), { signal: never });
  return { ...result, runId: run.id, isResumed };
}

async function activities(workspaceId: string) {
  const { rows } = await test.pool.query(
    'SELECT id, type, category, occurred_at, subject_key, description, tags FROM activity WHERE workspace_id = $1 ORDER BY seq',
    [workspaceId],
  );
  return rows;
}

const day = (n: number) => `2025-09-17T08:${String(n).padStart(2, '0')}:00Z`;
const lines = (count: number) => Array.from({ length: count }, (_, i) => `s${i},rec${i},,Sent,${day(i)}`);

describe('an import', () => {
  it('brings every record into the book at its own time, marked, and again brings nothing', async () => {
    const workspaceId = await test.makeWorkspace();
    const path = write(lines(10));
    const first = await importIt(workspaceId, path);
    expect(first).toMatchObject({ state: 'done', counts: { records: 10, stored: 10, duplicates: 0, rejected: 0 } });
    const stored = await activities(workspaceId);
    expect(stored.map(({ occurred_at: at }) => at.toISOString())).toEqual(
      Array.from({ length: 10 }, (_, i) => new Date(day(i)).toISOString()),
    );
    expect(stored[0]).toMatchObject({ type: 'MESSAGE_SENT', category: 'SMS', subject_key: 'airtable:rec0' });
    expect(stored[0].tags).toEqual(['imported', `import:${first.runId}`, 'mapping:sent']);
    expect(stored.map(({ id }) => id)).toEqual(stored.map(({ id }) => id).sort());

    const again = await importIt(workspaceId, path);
    expect(again.runId).not.toBe(first.runId);
    expect(again.counts).toMatchObject({ records: 10, stored: 0, duplicates: 10 });
    expect(await activities(workspaceId)).toHaveLength(10);
  });

  it('keeps what it refuses, record by record, as a file to put right', async () => {
    const workspaceId = await test.makeWorkspace();
    const bad = [
      'b1,rec1,,Queued,2025-09-17',
      'b2,rec2,,Odd,2025-09-17',
      'b3,,,Sent,2025-09-17',
      'b4,rec4,,Sent,1999-01-01',
      'b5,rec5,"=cmd",Sent,soon',
      'b6,rec6,,Sent,2025-09-17,too,many',
      '"b7",rec7,no address,Sent,2025-09-17',
    ];
    const path = write([...lines(2), ...bad, 's0,other,,Sent,2025-09-17']);
    const { counts, report, runId } = await importIt(workspaceId, path);
    expect(counts).toMatchObject({ records: 10, stored: 2, rejected: 8 });
    expect(report.reasons.map(({ code, path: where, count }) => [code, where, count]).sort()).toEqual([
      ['BAD_TIME', 'at', 1],
      ['IDEMPOTENCY_CONFLICT', 'idempotencyKey', 1],
      ['IMPOSSIBLE_TIME', 'timestamp', 1],
      ['INVALID_INPUT', 'leadEmail', 1],
      ['NO_LEAD', 'lead, email', 1],
      ['UNKNOWN_TYPE', 'eventType', 1],
      ['UNKNOWN_WORD', 'event', 1],
      ['UNREADABLE', '', 1],
    ]);
    expect(report.reasons.flatMap(({ examples }) => examples.map(({ line }) => line)).sort((a, b) => a - b)).toEqual([
      4, 5, 6, 7, 8, 9, 10, 11,
    ]);
    const parts: string[] = [];
    for await (const part of rejectFile(rejectedOf(book.pool, runId), 'csv')) parts.push(part);
    expect(parts[0]).toBe('id,lead,email,event,at,_line,_event,_code,_why\n');
    expect(parts).toHaveLength(9);
    expect(parts.join('')).toContain('b5,rec5,=cmd,Sent,soon,8,,BAD_TIME');

    // Put right, the file of the refused is a file to import.
    const corrected = join(folder, 'corrected.csv');
    writeFileSync(corrected, parts.slice(0, 2).join('').replace('Queued', 'Sent'));
    expect((await importIt(workspaceId, corrected)).counts).toMatchObject({ stored: 1, rejected: 0 });
  });

  it('tells two equal records without a key apart, also when it is taken up again', async () => {
    const workspaceId = await test.makeWorkspace();
    const { key, ...keyless } = MAPPING;
    const path = write(['x,rec1,,Sent,2025-09-17', 'x,rec1,,Sent,2025-09-17', 'y,rec1,,Sent,2025-09-17']);
    expect((await importIt(workspaceId, path, keyless)).counts).toMatchObject({ stored: 3, duplicates: 0 });
    expect((await importIt(workspaceId, path, keyless)).counts).toMatchObject({ stored: 0, duplicates: 3 });
    expect(key).toBe('{id}');
  });

  it('makes the leads that are missing, known since their first event, and leaves the others alone', async () => {
    const workspaceId = await test.makeWorkspace();
    const known = await test.makeLead(workspaceId, { airtableRecordId: 'rec0', company: 'Now Inc.' });
    const mapping = { ...MAPPING, createLeads: { company: 'Then Ltd.' } };
    const { counts } = await importIt(workspaceId, write([...lines(3), `t1,rec1,,Sent,${day(30)}`]), mapping);
    expect(counts).toMatchObject({ stored: 4, leadsCreated: 2 });
    const { rows } = await test.pool.query(
      'SELECT id, airtable_record_id AS record, company, last_activity_at AS last FROM leads WHERE workspace_id = $1 ORDER BY 2',
      [workspaceId],
    );
    expect(rows).toMatchObject([
      { id: known, record: 'rec0', company: 'Now Inc.' },
      { record: 'rec1', company: 'Then Ltd.', last: new Date(day(30)) },
      { record: 'rec2', company: 'Then Ltd.' },
    ]);
    const identified = (await activities(workspaceId)).filter(({ type }) => type === 'lead.identified');
    expect(identified.map(({ occurred_at: at }) => at)).toEqual([new Date(day(1)), new Date(day(2))]);
    expect(identified[0].tags).toContain('imported');
  });
});

describe('a dry run', () => {
  it('says what would become of each record and stores nothing', async () => {
    const workspaceId = await test.makeWorkspace();
    const opened = await open(workspaceId, write([...lines(4), 'b1,rec1,,Odd,2025-09-17']));
    const { counts, report } = await tryImport(book, opened, { signal: never });
    expect(counts).toMatchObject({ records: 5, stored: 4, rejected: 1 });
    expect(report.reasons[0]).toMatchObject({ code: 'UNKNOWN_TYPE', examples: [{ line: 6 }] });
    expect(await activities(workspaceId)).toEqual([]);
  });
});

/** The records of a file; before one of them something else happens. */
function haltedFeed(feed: Feed, record: number, before: () => Promise<unknown>): Feed {
  return {
    ...feed,
    async *items(from) {
      for await (const item of feed.items(from)) {
        if (item.place.records === record) await before();
        yield item;
      }
    },
  };
}

function reached({ workspace_id: workspaceId, id }: RunRow, records: number) {
  const done = async () => (await readRun(book.pool, workspaceId, id)).records;
  return expect.poll(done, { timeout: 20_000 }).toBeGreaterThanOrEqual(records);
}

describe('an import that is cut off', () => {
  it('is taken up after any batch, whether its checkpoint was written or not', async () => {
    for (const isNoted of [true, false]) {
      const workspaceId = await test.makeWorkspace();
      const path = write(lines(10));
      const opened = await open(workspaceId, path);
      const { run } = await beginImport(book, opened, { origin: 'command', by: 'test' });
      const stop = new AbortController();
      const cut = await workOnImport(book, run, feedOf(run, opened), {
        signal: stop.signal,
        onProgress: ({ counts }) => counts.records >= 6 && stop.abort(new Error('cut off')),
      });
      expect(cut).toMatchObject({ state: 'stopped', counts: { stored: 6 } });
      // As a kill between the batch and its checkpoint leaves it.
      if (!isNoted) {
        const back = 'UPDATE import_run SET records = 3, bytes_done = $2, stored = 3 WHERE id = $1';
        const third = opened.file.start.bytes + lines(3).join('\n').length + 1;
        await test.pool.query(back, [run.id, third]);
      }
      const { isResumed, runId, counts, state } = await importIt(workspaceId, path);
      expect({ isResumed, runId, state }).toEqual({ isResumed: true, runId: run.id, state: 'done' });
      expect(counts).toMatchObject({ records: 10, stored: 10, duplicates: 0 });
      expect(await activities(workspaceId)).toHaveLength(10);
    }
  });

  it('begins anew by a mapping that was put right, and tries again what the wrong one refused', async () => {
    const workspaceId = await test.makeWorkspace();
    const path = write(['o1,rec1,,Odd,2025-09-17', 'o2,rec2,,Odd,2025-09-17', 'o3,rec3,,Odd,2025-09-17', ...lines(6)]);
    const opened = await open(workspaceId, path);
    const { run } = await beginImport(book, opened, { origin: 'command', by: 'test' });
    const stop = new AbortController();
    const cut = await workOnImport(book, run, feedOf(run, opened), {
      signal: stop.signal,
      onProgress: ({ counts }) => counts.records >= 6 && stop.abort(new Error('stopped')),
    });
    expect(cut).toMatchObject({ state: 'stopped', counts: { stored: 3, rejected: 3 } });
    const type = { column: 'event', map: { Sent: 'MESSAGE_SENT', Odd: 'MESSAGE_SENT' } };
    const right = { ...MAPPING, events: MAPPING.events.map((event) => ({ ...event, type })) };
    const { isResumed, counts, state } = await importIt(workspaceId, path, right);
    expect({ isResumed, state }).toEqual({ isResumed: false, state: 'done' });
    expect(counts).toMatchObject({ records: 9, stored: 6, duplicates: 3, rejected: 0 });
    // How fast it goes says nothing of what it means.
    const other = settingsOf(importMapping.parse(MAPPING), { batch: 7, rate: 100 });
    const again = await openImport(book.pool, { workspaceId, path, fileName: 'old.csv', settings: other });
    expect(await beginImport(book, again, { origin: 'command', by: 'test' })).toMatchObject({
      isResumed: true,
      run: { id: run.id },
    });
  });

  it('that was begun with names for columns that are none is taken up with them; a new one is refused', async () => {
    const workspaceId = await test.makeWorkspace();
    const path = write(lines(4));
    const { run } = await beginImport(book, await open(workspaceId, path), { origin: 'command', by: 'test' });
    // As such names were stored while nobody looked at them.
    const aliases = { Foo: 'id', event: 'Kind' };
    await test.pool.query(
      `UPDATE import_run SET settings = settings || jsonb_build_object('aliases', $2::jsonb) WHERE id = $1`,
      [run.id, JSON.stringify(aliases)],
    );
    const settings = settingsOf(importMapping.parse(MAPPING), { batch: 3, aliases });
    const opened = await openImport(book.pool, { workspaceId, path, fileName: 'old.csv', settings });
    const again = await beginImport(book, opened, { origin: 'command', by: 'test' });
    expect(again).toMatchObject({ isResumed: true, run: { id: run.id } });
    expect(await workOnImport(book, again.run, feedOf(again.run, opened), { signal: never })).toMatchObject({
      state: 'done',
      counts: { records: 4, stored: 4 },
    });
    const refused = {
      code: 'INVALID_INPUT',
      issues: [{ path: 'Foo', message: expect.stringContaining('is no column') }],
    };
    await expect(beginImport(book, opened, { origin: 'command', by: 'test' })).rejects.toMatchObject(refused);
    await expect(tryImport(book, opened, { signal: never })).rejects.toMatchObject(refused);
  });

  it('is not taken up with another file, nor by two at once', async () => {
    const workspaceId = await test.makeWorkspace();
    const opened = await open(workspaceId, write(lines(3_000)));
    const { run } = await beginImport(book, opened, { origin: 'command', by: 'test' });
    const other = await open(workspaceId, write(lines(3_001)));
    expect(() => feedOf(run, other)).toThrow('has changed');
    const work = () => workOnImport(book, run, feedOf(run, opened), { signal: never });
    const ends = await Promise.allSettled([work(), work()]);
    // Either may be the one that gets the lock.
    expect(ends.toSorted((x, y) => x.status.localeCompare(y.status))).toMatchObject([
      { status: 'fulfilled', value: { state: 'done', counts: { records: 3_000 } } },
      { status: 'rejected', reason: { code: 'CONFLICT' } },
    ]);
  }, 60_000);

  it('is left to the process that took it on when the connection of the first one was lost', async () => {
    const workspaceId = await test.makeWorkspace();
    const opened = await open(workspaceId, write(lines(30)));
    const { run } = await beginImport(book, opened, { origin: 'command', by: 'test' });
    const first = Promise.withResolvers<unknown>();
    let second: Promise<ImportResult> | undefined;
    const takeOver = async () => {
      await reached(run, 6);
      await cutOwner();
      const feed = haltedFeed(feedOf(run, opened), 20, () => first.promise);
      second = workOnImport(book, run, feed, { signal: never });
      await reached(run, 15);
    };
    const halted = haltedFeed(feedOf(run, opened), 8, takeOver);
    await expect(workOnImport(book, run, halted, { signal: never })).rejects.toThrow('another process');
    expect(await readRun(book.pool, workspaceId, run.id)).toMatchObject({ state: 'running', error: null });
    first.resolve(undefined);
    expect(await second).toMatchObject({ state: 'done', counts: { records: 30 } });
    expect(await readRun(book.pool, workspaceId, run.id)).toMatchObject({ state: 'done', error: null });
    expect(await activities(workspaceId)).toHaveLength(30);
  }, 60_000);

  it('goes on when its connection was lost and no other process has taken it on', async () => {
    const workspaceId = await test.makeWorkspace();
    const opened = await open(workspaceId, write(lines(12)));
    const { run } = await beginImport(book, opened, { origin: 'command', by: 'test' });
    const halted = haltedFeed(feedOf(run, opened), 8, async () => {
      await reached(run, 6);
      await cutOwner();
    });
    const result = await workOnImport(book, run, halted, { signal: never });
    expect(result).toMatchObject({ state: 'done', counts: { records: 12 } });
    expect(await readRun(book.pool, workspaceId, run.id)).toMatchObject({ state: 'done' });
  });
});

describe('the preset of the sales pipeline', () => {
  it('makes of each opportunity a lead with its journey, and says what it put right', async () => {
    const workspaceId = await test.makeWorkspace('America/New_York');
    const preset = PRESETS.find(({ name }) => name === 'crm-sales-pipeline');
    if (!preset) throw new Error('the preset is missing');
    const header =
      'opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value,engage_quarter,close_quarter';
    const path = write(
      [
        'AAAA0001,Ann Able,GTX Basic,Northwind,Won,20-10-16,01-03-17,1054,Q4 2016,Q1 2017',
        'AAAA0002,Bob Best,GTXPro,,Lost,25-10-16,11-03-17,0,Q4 2016,Q1 2017',
        'AAAA0003,Ann Able,MG Special,,Engaging,03-11-16,,,Q4 2016,',
        'AAAA0004,Ann Able,GTXPro,Northwind,Prospecting,,,,,',
      ],
      header,
    );
    const { counts, report } = await importIt(workspaceId, path, preset);
    expect(counts).toEqual({ records: 4, stored: 8, duplicates: 0, rejected: 0, withoutEvent: 1, leadsCreated: 4 });
    const told = report.notices.map(({ kind, column, count }) => [kind, column, count]).sort();
    expect(told).toEqual([
      ['corrected', 'product', 2],
      ['empty', 'account', 2],
      ['two-digit year', 'close_date', 2],
      ['two-digit year', 'engage_date', 3],
    ]);
    const { rows } = await test.pool.query(
      'SELECT last_name, company, title, status, last_activity_at FROM leads WHERE workspace_id = $1 ORDER BY 1',
      [workspaceId],
    );
    expect(rows[1]).toMatchObject({ last_name: 'AAAA0002', company: null, title: 'GTX Pro', status: 'Closed lost' });
    expect(rows[0].last_activity_at).toEqual(new Date('2017-03-01T05:00:00Z'));
    expect(rows[3].last_activity_at).toBeNull();
  });
});
