import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '#platform/log.ts';
import { type Book, openBook } from '#runtime/book.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';
import { smsAuditCsv } from '#testing/sms-audit.ts';
import { beginImport, feedOf, openImport, settingsOf, workOnImport } from '../import/index.ts';
import { PRESETS } from '../import/presets/index.ts';
import { beginMissing, beginParity, missingFeed, workOnParity } from './index.ts';
import { itemsCsv, itemsOf, safeCell } from './output.ts';
import { readCells } from './store.ts';

let test: TestBook;
let book: Book;
const folder = mkdtempSync(join(tmpdir(), 'historybook-parity-'));

beforeAll(async () => {
  test = await createTestBook();
  book = openBook(test.url, silentLogger);
});
afterAll(async () => {
  await book.close();
  await test.drop();
  rmSync(folder, { recursive: true, force: true });
});

const never = new AbortController().signal;
const HEADER = 'Record ID,Event,Event Time,Lead Record ID,Phone,SimpleTexting ID,Message';

let made = 0;
function write(content: string): string {
  made += 1;
  const path = join(folder, `${made}.csv`);
  writeFileSync(path, content);
  return path;
}

async function open(workspaceId: string, path: string) {
  const preset = PRESETS.find(({ name }) => name === 'sms-audit');
  if (!preset) throw new Error('the preset is missing');
  return openImport(book.pool, { workspaceId, path, fileName: 'SMS_Audit.csv', settings: settingsOf(preset) });
}

async function all<T>(given: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of given) items.push(item);
  return items;
}

async function compareIt(workspaceId: string, path: string) {
  const opened = await open(workspaceId, path);
  const run = await beginParity(book, opened, { by: 'test' });
  const over = await workOnParity(book, run, opened, { signal: never });
  const { records, found, missing, different, extra, unreadable } = over;
  const items = await all(itemsOf(book.pool, run.id));
  const counts = { records, found, missing, different, extra, unreadable };
  return { id: run.id, state: over.state, counts, cells: await readCells(book.pool, run.id), items };
}

async function importIt(workspaceId: string, path: string) {
  const opened = await open(workspaceId, path);
  const { run } = await beginImport(book, opened, { origin: 'command', by: 'test' });
  return workOnImport(book, run, feedOf(run, opened), { signal: never });
}

describe('the incident of 2025-09-17: 852 sent, none of them recorded', () => {
  it('is plain to see, each of the 852 by name; an import mends it', async () => {
    const workspaceId = await test.makeWorkspace('America/New_York');
    const path = write(smsAuditCsv());
    // The days around it were recorded as they should be.
    await importIt(workspaceId, write(smsAuditCsv({ without: '2025-09-17' })));

    const before = await compareIt(workspaceId, path);
    expect(before.counts).toEqual({ records: 1152, found: 300, missing: 852, different: 0, extra: 0, unreadable: 0 });
    expect(before.cells.map(({ day, type, records, found, missing }) => [day, type, records, found, missing])).toEqual([
      ['2025-09-18', 'MESSAGE_SENT', 150, 150, 0],
      ['2025-09-17', 'MESSAGE_SENT', 852, 0, 852],
      ['2025-09-16', 'MESSAGE_SENT', 150, 150, 0],
    ]);
    expect(before.items).toHaveLength(852);
    expect(new Set(before.items.map(({ key }) => key)).size).toBe(852);
    expect(before.items.every(({ kind, day, line }) => kind === 'missing' && day === '2025-09-17' && line)).toBe(true);

    const run = await beginMissing(book, workspaceId, before.id, 'test');
    const result = await workOnImport(book, run, missingFeed(book.pool, before.id), { signal: never });
    expect(result).toMatchObject({ state: 'done', counts: { records: 852, stored: 852, duplicates: 0, rejected: 0 } });

    const after = await compareIt(workspaceId, path);
    expect(after.counts).toEqual({ records: 1152, found: 1152, missing: 0, different: 0, extra: 0, unreadable: 0 });
    // The whole file, imported after that, brings nothing twice.
    expect((await importIt(workspaceId, path)).counts).toMatchObject({ stored: 0, duplicates: 1152 });
    const { rows } = await test.pool.query(
      `SELECT count(*) AS sent FROM activity
        WHERE workspace_id = $1 AND (occurred_at AT TIME ZONE 'America/New_York')::date = '2025-09-17'`,
      [workspaceId],
    );
    expect(rows[0].sent).toBe(852);
  });
});

describe('what was logged live while both systems wrote', () => {
  const at = '2025-09-17T12:00:00Z';

  it('is found by its own id, else by its lead, and stands for one record alone', async () => {
    const workspaceId = await test.makeWorkspace('UTC');
    await test.makeLead(workspaceId, { airtableRecordId: 'recB', phone: '4085550102' });
    const near = (seconds: number) => new Date(Date.parse(at) + seconds * 1000);
    const [byId, byLead] = await test.log(
      workspaceId,
      {
        type: 'MESSAGE_SENT',
        category: 'SMS',
        occurredAt: near(70),
        leadAirtableId: 'recA',
        metadata: { simpletexting_id: 11 },
      },
      { type: 'MESSAGE_SENT', category: 'SMS', occurredAt: near(-5), leadPhone: '4085550102' },
      { type: 'MESSAGE_SENT', category: 'SMS', occurredAt: near(600), leadAirtableId: 'recZ', message: 'Only here' },
    );
    const path = write(
      [
        HEADER,
        `r1,Sent,${at},recX,,11,Hi`,
        `r2,Sent,${at},recB,,12,Hi`,
        `r3,Sent,${at},recB,,13,Hi`,
        `r4,Sent,2025-09-17T12:20:00Z,recC,,14,Hi`,
        `r5,Queued,${at},recC,,15,Hi`,
      ].join('\n'),
    );
    const { counts, items } = await compareIt(workspaceId, path);
    expect(counts).toEqual({ records: 4, found: 2, missing: 2, different: 0, extra: 1, unreadable: 1 });
    expect(items.map(({ kind, key, subject }) => [kind, key, subject])).toEqual([
      ['missing', 'import:sms-audit:r3', 'airtable:recB'],
      ['missing', 'import:sms-audit:r4', 'airtable:recC'],
      ['extra', null, 'airtable:recZ'],
    ]);
    expect(items.map(({ activityId }) => activityId)).not.toContain(byId);
    expect(items.map(({ activityId }) => activityId)).not.toContain(byLead);
  });

  it('is told where the two say something else', async () => {
    const workspaceId = await test.makeWorkspace('UTC');
    const path = write([HEADER, `r1,Sent,${at},recA,,11,Hello there`, `r2,Sent,${at},recB,,12,Hi`].join('\n'));
    await importIt(workspaceId, write([HEADER, `r1,Sent,2025-09-17T12:00:30Z,recA,,11,Hello you`].join('\n')));
    const live = { type: 'MESSAGE_SENT', category: 'SMS', occurredAt: new Date(at), leadAirtableId: 'recB' };
    await test.log(workspaceId, { ...live, message: ' Hi ' });
    const { counts, items } = await compareIt(workspaceId, path);
    expect(counts).toMatchObject({ records: 2, found: 1, missing: 0, different: 1 });
    expect(items[0]?.differences.map(({ field }) => field)).toEqual(['time', 'description', 'message']);
  });
});

describe('as CSV', () => {
  it('has no cell that a spreadsheet would calculate', async () => {
    expect(['=1+1', '+1', '-1', '@x', '\t=1', 'a,"b"'].map(safeCell)).toEqual([
      "'=1+1",
      "'+1",
      "'-1",
      "'@x",
      "'\t=1",
      '"a,""b"""',
    ]);
    const workspaceId = await test.makeWorkspace('UTC');
    const { id } = await compareIt(workspaceId, write([HEADER, `=cmd(),Sent,2025-09-17,recA,,11,=1+1`].join('\n')));
    const [, line] = await all(itemsCsv(itemsOf(book.pool, id)));
    expect(line).toBe(
      'missing,2025-09-17,MESSAGE_SENT,airtable:SMS_Audit,2025-09-17T00:00:00.000Z,airtable:recA,SMS Sent: =1+1,import:sms-audit:=cmd(),2,,\r\n',
    );
  });
});
