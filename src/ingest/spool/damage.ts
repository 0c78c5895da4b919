import { basename, join } from 'node:path';
import type { Clock } from '#platform/clock.ts';
import type { Logger } from '#platform/log.ts';
import { type SpoolFiles, writeNote } from '#platform/spool-files.ts';
import { DAMAGED_FOLDER } from './ownership.ts';
import type { Region } from './scan-segment.ts';

/**
 * Keeps what could not be read, byte by byte, in DATA_DIR/spool/damaged/, each piece with a note that says where it was and
 * why. Nothing there is ever removed by the program: that is for a person who has looked at it. The same piece again
 * changes nothing.
 */
export interface DamageStore {
  /** Counts what is there already. */
  load(): Promise<void>;
  /** Keeps a stretch of a segment that may have held acknowledged records, and reports it as an error. */
  setAside(path: string, bytes: Buffer, region: Region, reason: string): Promise<void>;
  /** Keeps the end of a write that was cut off, which nobody was promised anything about. */
  keepTorn(path: string, bytes: Buffer, region: Region): Promise<void>;
  /** Keeps something that was taken and has no place anywhere else, and reports it as an error. */
  setRecordAside(name: string, record: unknown, reason: string): Promise<void>;
  /** Keeps a whole file that the disk does not give back. */
  setFileAside(path: string, reason: unknown): Promise<void>;
  /** Pieces reported and not yet removed by somebody. */
  readonly count: number;
}

export interface DamageDeps {
  readonly root: string;
  readonly files: SpoolFiles;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}

const NOTE = '.json';
const TORN_NOTE = '.torn.json';

export function createDamageStore({ root, files, clock, log }: DamageDeps): DamageStore {
  const folder = join(root, DAMAGED_FOLDER);
  const notes = new Set<string>();
  const inProgress = new Map<string, Promise<void>>();

  const write = async (name: string, content: Uint8Array) => {
    await files.remove(join(folder, name));
    await writeNote(files, folder, name, content);
  };

  /** Keeps a piece unless it is kept, or being kept, already; its note comes last and makes it one. */
  const keepOnce = (note: string, content: object, keepPiece: () => Promise<void>): Promise<void> => {
    if (notes.has(note)) return Promise.resolve();
    const keep = async () => {
      await files.makeFolder(folder);
      await keepPiece();
      const foundAt = clock.now().toISOString();
      await write(note, Buffer.from(`${JSON.stringify({ ...content, foundAt }, null, 2)}\n`));
      notes.add(note);
    };
    const keeping = inProgress.get(note) ?? keep().finally(() => inProgress.delete(note));
    inProgress.set(note, keeping);
    return keeping;
  };

  const keepRegion = (path: string, bytes: Buffer, { from, to }: Region, reason: string, ending: string) => {
    const segment = basename(path);
    const piece = `${segment}.${from}-${to}`;
    return keepOnce(piece + ending, { segment, from, to, bytes: to - from, reason }, async () => {
      const level = ending === TORN_NOTE ? log.warn : log.error;
      level({ segment, from, to, reason, keptIn: folder }, 'part of the spool cannot be read: set aside');
      if (to > from) await write(`${piece}.bytes`, bytes.subarray(from, to));
    });
  };

  return {
    get count() {
      return [...notes].filter((name) => !name.endsWith(TORN_NOTE)).length;
    },
    async load() {
      notes.clear();
      for (const { name } of await files.list(folder)) if (name.endsWith(NOTE)) notes.add(name);
    },
    setAside: (path, bytes, region, reason) => keepRegion(path, bytes, region, reason, NOTE),
    keepTorn: (path, bytes, region) => keepRegion(path, bytes, region, 'a write that was cut off', TORN_NOTE),
    setRecordAside: (name, record, reason) =>
      keepOnce(name + NOTE, { reason, record }, async () => {
        log.error({ record: name, reason, keptIn: folder }, 'an event was taken that nothing accepts: set aside');
      }),
    setFileAside(path, reason) {
      const segment = basename(path);
      return keepOnce(segment + NOTE, { segment, reason: String(reason) }, async () => {
        log.error({ err: reason, segment, keptIn: folder }, 'a spool segment cannot be read: set aside');
        await files.rename(path, join(folder, segment));
      });
    },
  };
}
