import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { silentLogger } from '#platform/log.ts';
import { type Book, openBook } from '#runtime/book.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';
import { smsAuditCsv } from '#testing/sms-audit.ts';
import { lockRun } from '../import/lock-run.ts';
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
/** Jobs that a thread was made for; each waits there until it is let begin, or breaks. */
let launched: { readonly job: ImportJob; begin(): void; breakOff(error: Error): void }[];
/** Why no thread can be made. */
let noThread: Error | undefined;

beforeEach(async () => {
  home = await tested.makeWorkspace();
  launched = [];
  noThread = undefined;
  const dataDir = mkdtempSync(join(tmpdir(), 'historybook-control-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  control = createImportControl({
    pool: tested.pool,
    clock: book.clock,
    log: silentLogger,
    dataDir,
    launch(job) {
      if (noThread) throw noThread;
      const abort = new AbortController();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      launched.push({ job, begin: resolve, breakOff: reject });
      return { done: promise.then(() => workOnJob(book, job, abort.signal)), stop: () => abort.abort() };
    },
  });
});

/** A job ends when its files are cleaned up, too: on a busy machine that takes longer than a poll usually waits. */
const PATIENT = { timeout: 20_000 };

type Kind = 'import' | 'try' | 'parity';
async function upload(kind: Kind, fileName: string): Promise<string> {
  const request = { kind, mapping: 'sms-audit', fileName };
  return (await control.upload(home, 'test', request, Readable.from([Buffer.from(smsAuditCsv())]))).id;
}

function untilOver(id: string) {
  const state = async () => (await control.importById(home, id)).state;
  return expect.poll(state, PATIENT).not.toBe('running');
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
  await expect.poll(() => launched.length, PATIENT).toBe(2);
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
  await expect.poll(() => launched.map(({ job }) => job.id), PATIENT).toEqual([first, last]);
  launched[1]?.begin();
  await untilOver(last);
}, 60_000);

test('a thread that cannot be made costs its own job alone, which has failed and can go on', async () => {
  noThread = new Error('Worker initialization failure: EAGAIN');
  const id = await upload('import', 'a.csv');
  const comparison = await upload('parity', 'b.csv');
  await untilOver(id);
  const error = 'could not be begun: Worker initialization failure: EAGAIN';
  expect(await control.importById(home, id)).toMatchObject({ state: 'failed', error, canGoOn: true });
  await expect.poll(() => control.comparison(home, comparison), PATIENT).toMatchObject({ state: 'failed', error });

  noThread = undefined;
  const next = await upload('try', 'c.csv');
  await expect.poll(() => launched.map(({ job }) => job.id), PATIENT).toEqual([next]);
  await control.resumeImport(home, id);
  for (const [i, over] of [next, id].entries()) {
    await expect.poll(() => launched.length, PATIENT).toBe(i + 1);
    launched[i]?.begin();
    await untilOver(over);
    expect(await control.importById(home, over)).toMatchObject({ state: 'done', counts: { records: 1152 } });
  }
}, 60_000);

test('a thread that breaks says so, and the next job begins', async () => {
  const id = await upload('import', 'a.csv');
  const next = await upload('parity', 'b.csv');
  launched[0]?.breakOff(new Error('Worker terminated due to reaching memory limit: JS heap out of memory'));
  await untilOver(id);
  expect(await control.importById(home, id)).toMatchObject({
    state: 'failed',
    error: 'broke off: Worker terminated due to reaching memory limit: JS heap out of memory',
  });
  await expect.poll(() => launched.map(({ job }) => job.id), PATIENT).toEqual([id, next]);
  launched[1]?.begin();
  await expect.poll(() => control.comparison(home, next), PATIENT).toMatchObject({ state: 'done' });
}, 60_000);

test('a job that another process is at work on stays its own, whatever becomes of the thread here', async () => {
  const id = await upload('import', 'a.csv');
  const next = await upload('parity', 'b.csv');
  const other = await lockRun(tested.pool, id, book.clock);
  onTestFinished(other.release);
  launched[0]?.breakOff(new AppError('CONFLICT', { message: 'Another process is at work on this import.' }));
  await expect.poll(() => launched.map(({ job }) => job.id), PATIENT).toEqual([id, next]);
  expect(await control.importById(home, id)).toMatchObject({ state: 'running', error: null });
  launched[1]?.begin();
  await expect.poll(() => control.comparison(home, next), PATIENT).toMatchObject({ state: 'done' });
}, 60_000);
