import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { silentLogger } from '#platform/log.ts';
import { type Book, openBook } from '#runtime/book.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';
import { smsAuditCsv } from '#testing/sms-audit.ts';
import { createImportControl, type ImportControl, type ImportJob, workOnJob } from './index.ts';

let tested: TestBook;
let book: Book;
beforeAll(async () => {
  tested = await createTestBook();
  book = openBook(tested.url, silentLogger);
});
afterAll(async () => {
  await book.close();
  await tested.drop();
});

let control: ImportControl;
let home: string;
/** Jobs that a thread was made for; each waits there until it is let begin. */
let launched: { readonly job: ImportJob; begin(): void }[];

beforeEach(async () => {
  home = await tested.makeWorkspace();
  launched = [];
  const dataDir = mkdtempSync(join(tmpdir(), 'historybook-control-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  control = createImportControl({
    pool: tested.pool,
    clock: book.clock,
    log: silentLogger,
    dataDir,
    launch(job) {
      const abort = new AbortController();
      const { promise, resolve } = Promise.withResolvers<void>();
      launched.push({ job, begin: resolve });
      return { done: promise.then(() => workOnJob(book, job, abort.signal)), stop: () => abort.abort() };
    },
  });
});

type Kind = 'import' | 'try' | 'parity';
async function upload(kind: Kind, fileName: string): Promise<string> {
  const request = { kind, mapping: 'sms-audit', fileName };
  return (await control.upload(home, 'test', request, Readable.from([Buffer.from(smsAuditCsv())]))).id;
}

function untilOver(id: string) {
  const state = async () => (await control.importById(home, id)).state;
  return expect.poll(state, { timeout: 20_000 }).not.toBe('running');
}

async function stored(): Promise<number> {
  const { rows } = await tested.pool.query('SELECT count(*) AS count FROM activity WHERE workspace_id = $1', [home]);
  return rows[0].count;
}

test('an import that is stopped before its thread has opened it brings nothing, and goes on when told to', async () => {
  const id = await upload('import', 'a.csv');
  await control.stopImport(home, id);
  launched[0]?.begin();
  await untilOver(id);
  expect(await control.importById(home, id)).toMatchObject({ state: 'stopped', error: 'stopped by a person' });
  expect(await stored()).toBe(0);

  await control.resumeImport(home, id);
  // As the list shows it from now on, and as the next start of the server finds it.
  expect(await control.importById(home, id)).toMatchObject({ state: 'running', error: null });
  await expect.poll(() => launched.length).toBe(2);
  launched[1]?.begin();
  await untilOver(id);
  expect(await control.importById(home, id)).toMatchObject({ state: 'done', counts: { stored: 1152 } });
}, 60_000);

test('what waits in line is stopped at once, and never begun', async () => {
  const first = await upload('import', 'a.csv');
  const waiting = await upload('try', 'b.csv');
  const comparison = await upload('parity', 'c.csv');
  expect(await control.stopImport(home, waiting)).toMatchObject({ state: 'stopped' });
  expect(await control.stopComparison(home, comparison)).toMatchObject({ state: 'stopped' });
  launched[0]?.begin();
  await untilOver(first);
  expect(await control.importById(home, first)).toMatchObject({ state: 'done' });
  const last = await upload('try', 'd.csv');
  await expect.poll(() => launched.map(({ job }) => job.id)).toEqual([first, last]);
  launched[1]?.begin();
  await untilOver(last);
}, 60_000);
