import type { Clock } from '#platform/clock.ts';
import type { Logger } from '#platform/log.ts';
import type { AppendFile, SpoolFiles } from '#platform/spool-files.ts';
import { encodeFrame } from './frame.ts';
import type { Ownership } from './ownership.ts';
import { endPayload } from './scan-segment.ts';
import { closedPath, type Segment, segmentPath } from './segment.ts';

/**
 * Writes frames in groups: everything that came while the last group was being synced goes out as one write and one
 * fdatasync, and then all of it is acknowledged.
 *
 *   no segment ──group──▶ open ──group──▶ open …… full, or closed on purpose ──▶ end frame, renamed
 *                          └──a write, a sync or the folder failed──▶ given up: its group is rejected, nothing is ever
 *                             written to it again (after a failed fsync nobody knows what is on the disk)
 */
export interface SegmentWriter {
  /** Resolves with its segment once the frame is on the disk. Rejects when that is not certain. */
  write(frame: Buffer): Promise<Segment>;
  /** Ends the segment that is being written; what is not on the disk yet goes into the next one. */
  close(): Promise<void>;
  /** Bytes that wait to be written. */
  readonly waitingBytes: number;
}

export interface WriterDeps {
  readonly ownership: Ownership;
  readonly files: SpoolFiles;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  /** A segment that has reached this many bytes is closed. */
  readonly segmentBytes: number;
  /** Told of each segment once its first records are on the disk. */
  readonly onSegment: (segment: Segment) => void;
}

interface Waiting {
  readonly frame: Buffer;
  readonly resolve: (segment: Segment) => void;
  readonly reject: (error: unknown) => void;
}

interface Current {
  readonly segment: Segment;
  readonly file: AppendFile;
  readonly folder: string;
}

/** The own folder is gone: another process took this one for dead. */
class FolderTaken extends Error {
  override readonly name = 'FolderTaken';
}

function isFolderTaken(error: unknown): boolean {
  return error instanceof FolderTaken || (error instanceof Error && 'code' in error && error.code === 'ENOENT');
}

/** A group is no larger than this, so that a write never holds more memory than that twice. */
const MAX_GROUP_BYTES = 4 * 2 ** 20;

export function createSegmentWriter(deps: WriterDeps): SegmentWriter {
  const { ownership, files, clock, log, segmentBytes, onSegment } = deps;
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let closers: (() => void)[] = [];
  let isWriting = false;
  let current: Current | undefined;
  let number = 0;
  let lastTime = 0;

  const open = async (): Promise<Current> => {
    const folder = await ownership.folder();
    number += 1;
    // A clock that was set back must not put new segments before older ones.
    lastTime = Math.max(lastTime + 1, clock.now().getTime());
    const createdAt = new Date(lastTime);
    const path = segmentPath(folder, createdAt, ownership.name, number);
    const file = await files.create(path);
    return { segment: { path, createdAt, bytes: 0, records: 0, isClosed: false }, file, folder };
  };

  const put = async (group: readonly Waiting[]): Promise<Segment> => {
    current ??= await open();
    const { segment, file, folder } = current;
    const isFirst = segment.bytes === 0;
    const frames = group.map(({ frame }) => frame);
    if (isFirst) frames.unshift(encodeFrame('head', JSON.stringify({ version: 1, createdAt: segment.createdAt })));
    const data = Buffer.concat(frames);
    await file.append(data);
    await file.sync();
    if (isFirst) await files.syncFolder(folder);
    // Whoever adopts a folder renames it before reading: as long as the path is there, what was written will be read.
    if (!(await files.state(segment.path))) throw new FolderTaken(`${segment.path} is not there any more`);
    segment.bytes += data.length;
    segment.records += group.length;
    if (isFirst) onSegment(segment);
    return segment;
  };

  /** Leaves the segment as it is on the disk, cut back to what was acknowledged as far as that can be done. */
  const giveUp = async (reason: unknown) => {
    const left = current;
    current = undefined;
    if (!left) return;
    const { segment, file } = left;
    segment.isClosed = true;
    log.error({ err: reason, segment: segment.path }, 'a spool segment failed and is given up');
    const ignored = (error: unknown) => log.debug({ err: error }, 'a failed spool segment could not be tidied up');
    if (!isFolderTaken(reason)) await file.truncate(segment.bytes).catch(ignored);
    await file.close().catch(ignored);
    if (segment.bytes === 0) await files.remove(segment.path).catch(ignored);
  };

  const putOrReject = async (group: readonly Waiting[]) => {
    try {
      const segment = await put(group).catch(async (error: unknown) => {
        if (!isFolderTaken(error)) throw error;
        await giveUp(error);
        ownership.forget();
        return put(group);
      });
      for (const { resolve } of group) resolve(segment);
    } catch (error) {
      await giveUp(error);
      for (const { reject } of group) reject(error);
    }
  };

  const finish = async () => {
    if (!current) return;
    const { segment, file } = current;
    current = undefined;
    segment.isClosed = true;
    try {
      const end = encodeFrame('end', endPayload(segment.records));
      await file.append(end);
      await file.sync();
      segment.bytes += end.length;
      await files.rename(segment.path, closedPath(segment.path));
      segment.path = closedPath(segment.path);
    } catch (error) {
      // What it holds is on the disk all the same; only the mark that it is complete is missing.
      log.warn({ err: error, segment: segment.path }, 'a spool segment could not be closed in good order');
    } finally {
      await file.close().catch(() => undefined);
    }
  };

  const takeGroup = (): Waiting[] => {
    let bytes = 0;
    let count = 0;
    for (const { frame } of waiting) {
      if (count > 0 && bytes + frame.length > MAX_GROUP_BYTES) break;
      bytes += frame.length;
      count += 1;
    }
    const group = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return group;
  };

  const run = async () => {
    while (waiting.length > 0 || closers.length > 0) {
      if (closers.length > 0 || (current && current.segment.bytes >= segmentBytes)) {
        const asked = closers;
        closers = [];
        await finish();
        for (const resolve of asked) resolve();
      }
      if (waiting.length === 0) continue;
      const group = takeGroup();
      await putOrReject(group);
      waitingBytes -= group.reduce((sum, { frame }) => sum + frame.length, 0);
    }
    isWriting = false;
  };

  const wake = () => {
    if (isWriting) return;
    isWriting = true;
    // Everything that was read from the sockets in this turn of the event loop is written together.
    setImmediate(() => void run());
  };

  return {
    get waitingBytes() {
      return waitingBytes;
    },
    write(frame) {
      return new Promise((resolve, reject) => {
        waiting.push({ frame, resolve, reject });
        waitingBytes += frame.length;
        wake();
      });
    },
    close() {
      return new Promise((resolve) => {
        closers.push(resolve);
        wake();
      });
    },
  };
}
