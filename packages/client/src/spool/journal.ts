import { basename, dirname, join } from 'node:path';
import { reasonOf } from '../prepare.ts';
import type { Reports } from '../reports.ts';
import type { Aside } from './aside.ts';
import { type AppendFile, isMissing, type SpoolFiles } from './files.ts';
import { encodeEnd, encodeEvents, scan } from './frame.ts';
import type { Ownership } from './ownership.ts';

/** A file of events. */
export interface SegmentFile {
  path: string;
  readonly createdAt: number;
  bytes: number;
  events: number;
  /** Still being written. */
  isOpen: boolean;
}

/**
 * Writes events to segment files, in groups: one write and one fdatasync each.
 *
 *   no segment ──group──▶ open ──group──▶ open …… full, or wanted back ──▶ end frame, renamed from .open to .seg
 *                          └──a write, a sync or the folder failed──▶ given up: what is in it stays to be sent, nothing is
 *                             ever written to it again (after a failed fsync nobody knows what is on the disk)
 */
export interface Journal {
  /** Resolves with the file the events are in once they are on the disk. Rejects when that is not certain. */
  append(texts: readonly string[]): Promise<SegmentFile>;
  /** The events of a segment, in order. What is no sound event is set aside. Undefined when another process took the file. */
  load(segment: SegmentFile): Promise<readonly string[] | undefined>;
  /** Everything in it is settled: forget it. */
  remove(segment: SegmentFile): Promise<void>;
  /** Segments that processes left behind which are gone, oldest first. */
  adopt(): Promise<readonly SegmentFile[]>;
  beat(): Promise<void>;
  close(): Promise<void>;
  /** Writes events at once, for the moment in which the process ends. */
  saveNow(texts: readonly string[]): void;
}

export interface JournalDeps {
  readonly files: SpoolFiles;
  readonly ownership: Ownership;
  readonly aside: Aside;
  readonly reports: Reports;
  readonly segmentBytes: number;
  readonly now: () => number;
}

interface Current {
  readonly segment: SegmentFile;
  readonly file: AppendFile;
}

const OPEN = '.open';
const CLOSED = '.seg';
const NAME = /^(\d{15})-.*\.(open|seg)$/;
const READ_ATTEMPTS = 3;

export function createJournal(deps: JournalDeps): Journal {
  const { files, ownership, aside, reports, segmentBytes, now } = deps;
  let current: Current | undefined;
  let number = 0;
  let lastTime = 0;
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other: a segment must not be closed while it is written. */
  const exclusive = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work, work);
    last = result.catch(() => undefined);
    return result;
  };

  const nameNext = (): string => {
    // A clock that was set back must not put new segments before older ones.
    lastTime = Math.max(lastTime + 1, now());
    number += 1;
    return `${String(lastTime).padStart(15, '0')}-${ownership.name}-${number}${OPEN}`;
  };

  const open = async (): Promise<Current> => {
    const path = join(await ownership.folder(), nameNext());
    const file = await files.create(path);
    return { segment: { path, createdAt: lastTime, bytes: 0, events: 0, isOpen: true }, file };
  };

  const put = async (texts: readonly string[]): Promise<SegmentFile> => {
    current ??= await open();
    const { segment, file } = current;
    const data = encodeEvents(texts);
    await file.append(data);
    await file.sync();
    if (segment.bytes === 0) await files.syncFolder(dirname(segment.path));
    // Whoever adopts a folder renames it before reading: as long as the path is there, what was written will be read.
    if ((await files.changedAt(segment.path)) === undefined) throw new FolderTaken();
    segment.bytes += data.length;
    segment.events += texts.length;
    if (segment.bytes >= segmentBytes) await end();
    return segment;
  };

  const giveUp = async (error: unknown) => {
    const left = current;
    current = undefined;
    if (error instanceof FolderTaken || isMissing(error)) ownership.forget();
    if (!left) return;
    left.segment.isOpen = false;
    await left.file.close().catch(() => undefined);
    if (left.segment.bytes === 0) await files.remove(left.segment.path).catch(() => undefined);
  };

  /** Closes the segment in good order. One that cannot be closed so is complete all the same. */
  const end = async () => {
    if (!current) return;
    const { segment, file } = current;
    current = undefined;
    segment.isOpen = false;
    try {
      await file.append(encodeEnd(segment.events)).then(() => file.sync());
    } catch (error) {
      return reports.error('SPOOL_FAILED', `a segment of the spool could not be closed: ${reasonOf(error)}`);
    } finally {
      await file.close().catch(() => undefined);
    }
    const path = segment.path.slice(0, -OPEN.length) + CLOSED;
    const isRenamed = await files.rename(segment.path, path).then(
      () => true,
      () => false,
    );
    if (isRenamed) segment.path = path;
  };

  const read = async (path: string): Promise<Buffer | undefined> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const bytes = await files.read(path);
        return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      } catch (error) {
        if (isMissing(error)) return undefined;
        if (attempt < READ_ATTEMPTS) continue;
        await aside.keepFile(path, reasonOf(error));
        return undefined;
      }
    }
  };

  const setAsideDamage = async (path: string, bytes: Buffer): Promise<readonly string[]> => {
    const { events, damaged, closedWith } = scan(bytes);
    const wasClosed = path.endsWith(CLOSED);
    for (const region of damaged) {
      const isTail = region.to === bytes.length && !wasClosed && closedWith === undefined;
      const reason = isTail ? 'cut off while it was written; nobody was told that it is durable' : 'not readable';
      await aside.keepPiece(path, bytes, region, reason);
    }
    if (wasClosed && damaged.length === 0 && closedWith !== events.length) {
      const missing = closedWith === undefined ? 'its end' : `${closedWith - events.length} events`;
      const at = { from: bytes.length, to: bytes.length };
      await aside.keepPiece(path, bytes, at, `cut short: ${missing} missing, ${events.length} events there`);
    }
    return events;
  };

  const load: Journal['load'] = async (segment) => {
    if (segment.isOpen) await exclusive(end);
    const bytes = await read(segment.path);
    return bytes && setAsideDamage(segment.path, bytes);
  };

  return {
    append: (texts) =>
      exclusive(async () => {
        try {
          return await put(texts);
        } catch (error) {
          await giveUp(error);
          if (!(error instanceof FolderTaken)) throw error;
          return put(texts);
        }
      }),
    load,
    remove: (segment) =>
      exclusive(async () => {
        if (current?.segment === segment) {
          const { file } = current;
          current = undefined;
          segment.isOpen = false;
          await file.close();
        }
        await files.remove(segment.path);
      }),
    async adopt() {
      const found: SegmentFile[] = [];
      for (const path of (await ownership.adopt()).toSorted()) {
        const time = NAME.exec(basename(path))?.[1];
        if (time === undefined) continue;
        // What cannot be read now is found out when its turn comes.
        const bytes = await read(path).catch(() => Buffer.alloc(0));
        if (!bytes) continue;
        const events = scan(bytes).events.length;
        found.push({ path, createdAt: Number(time), bytes: bytes.length, events, isOpen: false });
      }
      return found;
    },
    beat: () => ownership.beat(),
    close: () =>
      exclusive(async () => {
        await end();
        await ownership.leave();
      }),
    saveNow(texts) {
      const { path, note } = ownership.lastFolder();
      files.saveNow(join(path, 'owner.json'), note);
      files.saveNow(join(path, nameNext()), encodeEvents(texts));
    },
  };
}

/** The own folder is gone: another process took this one for dead. */
class FolderTaken extends Error {
  override readonly name = 'FolderTaken';
}
