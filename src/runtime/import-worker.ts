/** The thread in which an import or a comparison is worked on: started by import-thread.ts, ends with its job. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { workOnJob } from '#ops/import-control/index.ts';
import { createLogger } from '#platform/log.ts';
import { openBook } from './book.ts';

const order = z.object({
  databaseUrl: z.string(),
  job: z.object({ kind: z.enum(['import', 'parity']), workspaceId: z.string(), id: z.string() }),
});

const { databaseUrl, job } = order.parse(workerData);
const stopped = new AbortController();
// Any message means: enough.
parentPort?.once('message', () => stopped.abort(new Error('stopped')));

const book = openBook(databaseUrl, createLogger({ level: 'warn' }));
try {
  await workOnJob(book, job, stopped.signal);
} finally {
  await book.close();
  parentPort?.close();
}
