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
   * @param bytes how many the sender says there are, so that what cannot be taken is refused before any of it is read
   * @throws AppError TOO_LARGE; UNAVAILABLE when the disk has no room for it; INVALID_INPUT for a body that was cut off
   */
  take(id: string, body: Readable, bytes?: number): Promise<string>;
  remove(path: string): void;
  /** Removes those older than a week that `isNeeded` does not know. */
  sweep(isNeeded: (path: string) => boolean, now: Date): void;
}

const KEPT_MS = 7 * 86_400_000;

/** The database and the spool may be on the same disk: of what is free when a file comes, this share stays free. */
const KEPT_SHARE = 0.1;
/** Bytes of a file between two looks at the disk. */
const LOOK_EVERY = 4 * 2 ** 20;

/** @param free how many bytes the disk of a folder has left */
export function createUploads(dataDir: string, free: (folder: string) => number = freeIn): Uploads {
  const folder = join(dataDir, 'imports');
  const remove = (path: string) => rmSync(path, { force: true });
  /** Files on their way: what is yet to come of one is no room for another. */
  const coming = new Set<{ left: number }>();
  return {
    async take(id, body, bytes = 0) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      if (bytes > MAX_UPLOAD) throw tooLarge();
      const before = free(folder);
      const kept = before * KEPT_SHARE;
      const promised = [...coming].reduce((sum, { left }) => sum + left, 0);
      if (bytes > before - kept - promised) throw noRoom();
      const path = join(folder, id);
      const file = { left: bytes };
      coming.add(file);
      // Its size may not have been said, and others write to the same disk.
      const look = () => {
        if (free(folder) < kept) throw noRoom();
      };
      try {
        await pipeline(body, watched(file, look), createWriteStream(path, { mode: 0o600 }));
        return path;
      } catch (error) {
        remove(path);
        if (error instanceof AppError) throw error;
        if (isFull(error)) throw noRoom(error);
        const issues = [{ path: '', message: `was cut off: ${error instanceof Error ? error.message : error}` }];
        throw new AppError('INVALID_INPUT', { message: 'The file did not arrive whole.', issues, cause: error });
      } finally {
        coming.delete(file);
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

/** Ends what grows too large, and looks now and then whether the rest has room; notes how much is yet to come. */
function watched(file: { left: number }, look: () => void): Transform {
  let length = 0;
  let lookAt = LOOK_EVERY;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      length += chunk.length;
      file.left = Math.max(0, file.left - chunk.length);
      try {
        if (length > MAX_UPLOAD) throw tooLarge();
        if (length >= lookAt) {
          lookAt = length + LOOK_EVERY;
          look();
        }
      } catch (error) {
        return done(error instanceof Error ? error : new Error(String(error)));
      }
      done(null, chunk);
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

function freeIn(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
