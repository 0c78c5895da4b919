import { createWriteStream, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#domain/errors.ts';

/** Files that were sent to be imported, on the disk of the machine that took them; never in memory. */
export interface Uploads {
  /** @throws AppError TOO_LARGE, INVALID_INPUT for a body that was cut off */
  take(id: string, body: Readable): Promise<string>;
  remove(path: string): void;
  /** Removes those older than a week that `isNeeded` does not know. */
  sweep(isNeeded: (path: string) => boolean, now: Date): void;
}

/** Bytes of one file. */
export const MAX_UPLOAD = 8 * 2 ** 30;
const KEPT_MS = 7 * 86_400_000;

export function createUploads(dataDir: string): Uploads {
  const folder = join(dataDir, 'imports');
  const remove = (path: string) => rmSync(path, { force: true });
  return {
    async take(id, body) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const path = join(folder, id);
      try {
        await pipeline(body, limit(MAX_UPLOAD), createWriteStream(path, { mode: 0o600 }));
        return path;
      } catch (error) {
        remove(path);
        if (error instanceof AppError) throw error;
        const issues = [{ path: '', message: `was cut off: ${error instanceof Error ? error.message : error}` }];
        throw new AppError('INVALID_INPUT', { message: 'The file did not arrive whole.', issues, cause: error });
      }
    },
    remove,
    sweep(isNeeded, now) {
      for (const name of filesIn(folder)) {
        const path = join(folder, name);
        const isOld = now.getTime() - statSync(path).mtimeMs > KEPT_MS;
        if (isOld && !isNeeded(path)) remove(path);
      }
    },
  };
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function limit(max: number): Transform {
  let length = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      length += chunk.length;
      if (length <= max) done(null, chunk);
      else done(new AppError('TOO_LARGE', { message: `A file may have ${max / 2 ** 30} GB at most; split it.` }));
    },
  });
}
