import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { recordAliases } from '#platform/db/alias.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';
import { check } from './check.ts';
import { fingerprint } from './fingerprint.ts';
import { complaintsOf } from './report.ts';

/** The checker is believed when it finds nothing; here it has to find what is there. */

let book: TestBook;
let workspaceId: string;
beforeAll(async () => {
  book = await createTestBook();
  workspaceId = await book.makeWorkspace();
});
afterAll(() => book.drop());

const OTHER_NAME = 'e0e8a8be-086f-8a61-9c61-23c2a6367c52';
const AT = new Date('2025-11-07T12:00:00.000Z');

async function store(token: string, description = token): Promise<string> {
  const values = { executionId: token, description, leadAirtableId: 'rec1', metadata: { b: 1, a: [token] } };
  const [id = ''] = await book.log(workspaceId, { ...values, source: 'chaos:test', occurredAt: AT });
  return id;
}

function printOf(token: string, at: number | null = AT.getTime()): string {
  const [type, category, source] = ['MESSAGE_SENT', 'SMS', 'chaos:test'];
  const metadata = { a: [token], b: 1 };
  return fingerprint({ type, category, lead: 'rec1', description: token, message: null, metadata, source, at });
}

async function positions(): Promise<Map<string, string>> {
  const { rows } = await book.pool.query<{ id: string; seq: string }>('SELECT id, seq::text AS seq FROM activity');
  return new Map(rows.map(({ id, seq }) => [id, seq]));
}

function logs(acks: readonly (readonly string[])[], follower: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'historybook-checker-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'acks-c1.log'), acks.map((ack) => `${ack.join('\t')}\n`).join(''));
  writeFileSync(join(folder, 'follower-1.log'), follower.map((line) => `${line}\n`).join(''));
  return folder;
}

test('a book that is as it was told is found so, and each thing that is not is found, counted and named', async () => {
  const [good, timeless, odd] = [await store('good'), await store('timeless'), await store('odd')];
  const right = [
    ['good', good, 'stored', printOf('good')],
    ['good', good, 'duplicate', printOf('good')],
    ['timeless', timeless, 'spooled', printOf('timeless', null)],
    ['-', odd, 'stored', '-'],
  ];
  const at = await positions();
  const shown = [good, timeless, odd].map((id) => `${at.get(id)}\t${id}`);
  await recordAliases(book.pool, [{ workspaceId, alias: OTHER_NAME, activityId: good, occurredAt: AT }]);
  right.push(['good', OTHER_NAME, 'spooled', printOf('good')]);
  const fine = await check(logs(right, ['connect', ...shown]), book.url);
  expect(fine).toMatchObject({ acknowledged: 3, receipts: 5, aliased: 1, stored: 3, lost: 0, connections: 1 });
  expect(complaintsOf(fine)).toEqual([]);

  const [changed, twice, again] = [await store('changed', 'another text'), await store('twice'), await store('twice')];
  const stranger = await store('stranger');
  const renamed = await store('renamed');
  const nowhere = '0197c1a0-0000-7000-8000-000000000000';
  const wrong = [
    ...right,
    ['good', nowhere, 'spooled', printOf('good')],
    ['lost', nowhere, 'spooled', printOf('lost')],
    ['-', nowhere, 'stored', '-'],
    ['changed', changed, 'stored', printOf('changed')],
    ['twice', twice, 'stored', printOf('twice')],
    ['renamed', nowhere, 'spooled', printOf('renamed')],
  ];
  const all = await positions();
  const line = (id: string) => `${all.get(id)}\t${id}`;
  const order = ['connect', good, odd, timeless, changed, changed, 'resync', twice, again, renamed];
  const seen = order.map((one) => (all.has(one) ? line(one) : one));
  const found = await check(logs(wrong, seen), book.url);
  expect(found).toMatchObject({
    acknowledged: 8,
    stored: 6,
    lost: 2,
    doubled: 1,
    wrongBody: 1,
    otherId: 1,
    strayReceipts: 1,
    strangers: 1,
    notShown: 1,
    shownTwice: 1,
    inversions: 1,
    resyncs: 1,
  });
  expect(found.examples).toMatchObject({ lost: [`lost: ${nowhere}`, nowhere], strangers: [stranger] });
  expect(complaintsOf(found)).toHaveLength(10);
});
