import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceDurably } from './durable-file.ts';

const FILE = 'server.json';

const serverSchema = z.object({ url: z.url(), pid: z.int() });

/** Where a server of a DATA_DIR answers. */
export type RunningServer = z.infer<typeof serverSchema>;

/** Writes down where the server of `dataDir` answers, for commands that talk to it; the last one to start counts. */
export function announceServer(dataDir: string, url: string): void {
  const server: RunningServer = { url, pid: process.pid };
  replaceDurably(join(dataDir, FILE), `${JSON.stringify(server)}\n`, 0o600);
}

/** Takes it back, unless another server has announced itself since. */
export function withdrawServer(dataDir: string): void {
  if (findServer(dataDir)?.pid === process.pid) rmSync(join(dataDir, FILE), { force: true });
}

/**
 * What was announced for `dataDir` last; undefined when nothing was, or nothing that can be read. One that was killed
 * could not take it back: whether it still answers, its caller has to see.
 */
export function findServer(dataDir: string): RunningServer | undefined {
  try {
    return serverSchema.safeParse(JSON.parse(readFileSync(join(dataDir, FILE), 'utf8'))).data;
  } catch {
    return undefined;
  }
}
