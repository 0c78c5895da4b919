import { Worker } from 'node:worker_threads';
import type { ImportJob, Launched } from '#ops/import-control/index.ts';

/** Megabytes of a job's heap: it works in constant memory, and must not take the server's. */
const HEAP_MB = 384;

/** Works on a job in a thread of its own. */
export function launchImport(databaseUrl: string, job: ImportJob): Launched {
  const worker = new Worker(new URL('./import-worker.ts', import.meta.url), {
    workerData: { databaseUrl, job },
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  const done = new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', () => resolve());
  });
  return { done, stop: () => worker.postMessage('stop') };
}
