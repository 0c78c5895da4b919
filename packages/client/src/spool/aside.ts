import { basename, join } from 'node:path';
import type { Reports } from '../reports.ts';
import { type SpoolFiles, writeNew } from './files.ts';
import type { Region } from './frame.ts';
import { ASIDE_FOLDER } from './ownership.ts';

/**
 * Keeps in `<spool>/aside` what can neither be sent nor be thrown away: pieces of the spool that cannot be read, and events
 * that were refused and that the server does not keep. Nothing there is ever removed by the program: that is for a person
 * who has looked at it.
 */
export interface Aside {
  /** Keeps a stretch of a segment, and reports it. */
  keepPiece(path: string, bytes: Uint8Array, region: Region, reason: string): Promise<void>;
  /** Keeps a whole file that the disk does not give back, and reports it. */
  keepFile(path: string, reason: string): Promise<void>;
  /** Keeps a refused event; the path of its file, undefined when there was no room for it. */
  keepEvent(name: string, text: string, reason: string): Promise<string | undefined>;
  /** Pieces set aside by this client. */
  readonly count: number;
}

/** A program that has a thousand events refused has one thing to put right, not a thousand. */
const MOST_EVENTS = 1_000;

export function createAside(root: string, files: SpoolFiles, reports: Reports): Aside {
  const folder = join(root, ASIDE_FOLDER);
  let count = 0;
  let events = 0;

  const write = async (name: string, content: Uint8Array | string) => {
    await files.makeFolder(folder);
    await files.remove(join(folder, name));
    await writeNew(files, join(folder, name), Buffer.from(content));
  };
  const note = (name: string, content: object) =>
    write(`${name}.json`, `${JSON.stringify({ ...content, foundAt: new Date().toISOString() }, null, 2)}\n`);

  return {
    get count() {
      return count;
    },
    async keepPiece(path, bytes, { from, to }, reason) {
      count += 1;
      const name = `${basename(path)}.${from}-${to}`;
      reports.error('SPOOL_DAMAGED', `bytes ${from} to ${to} of ${path}: ${reason}; kept in ${folder}`);
      if (to > from) await write(`${name}.bytes`, bytes.subarray(from, to));
      await note(name, { segment: path, from, to, reason });
    },
    async keepFile(path, reason) {
      count += 1;
      reports.error('SPOOL_DAMAGED', `${path} cannot be read: ${reason}; kept in ${folder}`);
      await files.makeFolder(folder);
      await files.rename(path, join(folder, basename(path)));
      await note(basename(path), { segment: path, reason });
    },
    async keepEvent(name, text, reason) {
      events += 1;
      if (events > MOST_EVENTS) return undefined;
      await write(`${name}.event.json`, text);
      await note(name, { event: `${name}.event.json`, reason });
      return join(folder, `${name}.event.json`);
    },
  };
}
