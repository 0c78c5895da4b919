import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';
import { inSnapshot } from './snapshot.ts';

let book: TestBook;

beforeAll(async () => {
  book = await createTestBook();
});
afterAll(() => book.drop());

test('all statements of a snapshot see the same rows, whatever is written meanwhile', async () => {
  const workspace = await book.makeWorkspace();
  await book.log(workspace, {});
  const counts = await inSnapshot(book.pool, async (read) => {
    const count = async () => (await read<{ n: number }>({ text: 'SELECT count(*) AS n FROM activity' }))[0]?.n;
    const before = await count();
    await book.log(workspace, {});
    return [before, await count()];
  });
  expect(counts[0]).toBe(counts[1]);
});

test('a snapshot cannot write', async () => {
  const write = inSnapshot(book.pool, (read) => read({ text: "INSERT INTO book_epoch (fingerprint) VALUES ('x')" }));
  await expect(write).rejects.toMatchObject({ code: '25006' });
});

test('a statement that takes too long is a clear error, and the connection goes on', async () => {
  const slowly = (tooSlow?: () => AppError) =>
    inSnapshot(
      book.pool,
      async (read) => {
        await read({ text: 'SET LOCAL statement_timeout = 20' });
        await read({ text: 'SELECT pg_sleep(10)' });
      },
      tooSlow,
    );
  await expect(slowly()).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  const tooBroad = new AppError('INVALID_INPUT');
  await expect(slowly(() => tooBroad)).rejects.toBe(tooBroad);
  expect(await inSnapshot(book.pool, (read) => read({ text: 'SHOW statement_timeout' }))).toEqual([
    { statement_timeout: '5s' },
  ]);
  expect(book.pool.waitingCount).toBe(0);
});

test('a connection that breaks is not given back', async () => {
  const broken = inSnapshot(book.pool, (read) => read({ text: 'SELECT pg_terminate_backend(pg_backend_pid())' }));
  await expect(broken).rejects.toThrow();
  expect(await inSnapshot(book.pool, (read) => read({ text: 'SELECT 1 AS one' }))).toEqual([{ one: 1 }]);
});
