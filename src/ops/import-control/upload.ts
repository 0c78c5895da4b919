import { createWriteStream, mkdirSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#domain/errors.ts';
import { MAX_UPLOAD } from '#domain/import-run.ts';

/** Files that were sent to be imported, on the disk of the machine that took them; never in memory. */
export interface Uploads {
  /**
   * @param bytes how many the sender says there are, so that what cannot be taken is refused before it is sent
   * @throws AppError TOO_LARGE; UNAVAILABLE when the disk has no room for it; INVALID_INPUT for a body that was cut off
   */
  take(id: string, body: Readable, bytes?: number): Promise<string>;
  remove(path: string): void;
  /** Removes those older than a week that `isNeeded` does not know. */
  sweep(isNeeded: (path: string) => boolean, now: Date): void;
}

const KEPT_MS = 7 * 86_400_000;

/** @param room how many bytes a folder may be given */
export function createUploads(dataDir: string, room: (folder: string) => number = roomIn): Uploads {
  const folder = join(dataDir, 'imports');
  const remove = (path: string) => rmSync(path, { force: true });
  return {
    async take(id, body, bytes = 0) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      if (bytes > MAX_UPLOAD) throw tooLarge();
      if (bytes > room(folder)) throw noRoom();
      const path = join(folder, id);
      try {
        await pipeline(body, limit(MAX_UPLOAD), createWriteStream(path, { mode: 0o600 }));
        return path;
      } catch (error) {
        remove(path);
        if (error instanceof AppError) throw error;
        if (isFull(error)) throw noRoom(error);
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
      else done(tooLarge());
    },
  });
}

function tooLarge(): AppError {
  const message = `A file that is sent may have ${MAX_UPLOAD / 2 ** 30} GB at most: split it, or import it by the command on the server.`;
  return new AppError('TOO_LARGE', { message });
}

function noRoom(cause?: unknown): AppError {
  const message =
    'The disk of the server has no room for this file. Make some, or import it by the command on the server.';
  return new AppError('UNAVAILABLE', { message, cause });
}

/** Of what is free a tenth stays free: the database and the spool may be on the same disk. */
function roomIn(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize * 0.9;
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
