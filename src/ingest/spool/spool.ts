import { join } from 'node:path';
import { AppError } from '#domain/errors.ts';
import type { Clock } from '#platform/clock.ts';
import type { Logger } from '#platform/log.ts';
import type { ProcessIdentity } from '#platform/process-identity.ts';
import { createService, type Service } from '#platform/service.ts';
import { diskFiles, type SpoolFiles } from '#platform/spool-files.ts';
import { createDamageStore } from './damage.ts';
import { encodeFrame } from './frame.ts';
import { createKeyMemory, type KeyMemory } from './key-memory.ts';
import { createOwnership } from './ownership.ts';
import { readSegment, type SegmentContent } from './read-segment.ts';
import { encodeRecord, type SpoolRecord } from './record.ts';
import { byAge, type Segment, timeOfSegment } from './segment.ts';
import { createSegmentWriter } from './writer.ts';

export interface SpoolOptions {
  /** DATA_DIR */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Appends are refused when this many bytes are waiting. */
  readonly maxBytes: number;
  /** Appends are refused when something has waited for so long, in milliseconds. */
  readonly maxAgeMs: number;
  readonly segmentBytes?: number;
  readonly files?: SpoolFiles;
  /** Another process than this one, for tests. */
  readonly identity?: ProcessIdentity;
}

export interface SpoolStats {
  readonly bytes: number;
  readonly maxBytes: number;
  readonly records: number;
  readonly segments: number;
  /** When the oldest segment was begun. */
  readonly oldestAt: Date | null;
  /** Pieces set aside because they could not be read, that nobody has removed yet. */
  readonly damaged: number;
  /** The last record that was refused, and why; undefined when there was none, and once room was made since. */
  readonly lastRefusal?: { readonly at: Date; readonly why: string } | undefined;
}

/** Where events wait, on the disk of this machine, while the book cannot take them. */
export interface Spool {
  /**
   * Resolves, with the segment it is in, once the record is on the disk.
   * @throws AppError UNAVAILABLE with `retryAfter`: the spool is full or too old, or the disk did not take it
   */
  append(record: SpoolRecord): Promise<Segment>;
  /** The oldest segment and what is in it; undefined when nothing waits. The segment takes no more records from then on. */
  oldest(): Promise<SpooledSegment | undefined>;
  /** Everything in the segment is where it belongs: forget it. */
  remove(segment: Segment): Promise<void>;
  /** The last place for what no other place takes: a file that somebody has to look at. The same name again is kept once. */
  setAside(name: string, record: unknown, reason: string): Promise<void>;
  stats(): SpoolStats;
  /** The keys of what this process has put in. */
  readonly keys: KeyMemory;
  /** Calls `listener` whenever there is something new to be drained. */
  subscribe(listener: () => void): () => void;
}

export interface SpooledSegment {
  readonly segment: Segment;
  readonly content: SegmentContent;
}

export const SPOOL_FOLDER = 'spool';
const SEGMENT_BYTES = 16 * 2 ** 20;
/** How often the spool says it is alive and looks for those of dead processes. */
const KEEP_MS = 10_000;
/** A segment that the disk refuses to read is tried so many times before it is set aside whole. */
const READ_ATTEMPTS = 3;
const MAX_WAITING_BYTES = 64 * 2 ** 20;
const RETRY_AFTER_S = { full: 60, failed: 5 } as const;

export function createSpool(options: SpoolOptions): Spool & Service {
  const { clock, log, maxBytes, maxAgeMs, files = diskFiles } = options;
  const root = join(options.dataDir, SPOOL_FOLDER);
  const ownership = createOwnership({
    root,
    files,
    clock,
    log,
    ...(options.identity && { identity: options.identity }),
  });
  const damage = createDamageStore({ root, files, clock, log });
  const keys = createKeyMemory();
  const segments: Segment[] = [];
  const toCount: Segment[] = [];
  const failedReads = new WeakMap<Segment, number>();
  const listeners = new Set<() => void>();
  let pending = 0;
  const onIdle: (() => void)[] = [];

  const tell = () => {
    for (const listener of listeners) listener();
  };

  const add = (segment: Segment) => {
    segments.push(segment);
    segments.sort(byAge);
    tell();
  };

  const drop = (segment: Segment) => {
    const at = segments.indexOf(segment);
    if (at >= 0) segments.splice(at, 1);
  };

  const writer = createSegmentWriter({
    ownership,
    files,
    clock,
    log,
    segmentBytes: options.segmentBytes ?? SEGMENT_BYTES,
    onSegment: add,
  });

  const adopt = async () => {
    for (const path of await ownership.adopt()) {
      const createdAt = timeOfSegment(path);
      const state = await files.state(path);
      if (!createdAt || !state) continue;
      const segment: Segment = { path, createdAt, bytes: state.bytes, records: 0, isClosed: true };
      add(segment);
      toCount.push(segment);
    }
  };

  /** Looks into what was adopted, so that damage is known now, and not only when the database is back. */
  const countAdopted = async () => {
    for (let segment = toCount.shift(); segment; segment = toCount.shift()) {
      const isThere = segments.includes(segment);
      const content = isThere ? await read(segment).catch(() => undefined) : undefined;
      segment.records = content?.count ?? 0;
    }
  };

  const read = async (segment: Segment): Promise<SegmentContent> => {
    const bytes = await files.read(segment.path);
    // Behind the bytes that are known to be on the disk a failed write may have left some that nobody was promised.
    const content = await readSegment(damage, segment.path, bytes.subarray(0, segment.bytes));
    failedReads.delete(segment);
    // Which records are missing nobody knows: of those that are there a repeat meets the first at the drain.
    if (!content.isWhole) keys.lose(segment);
    return content;
  };

  /** Undefined when the segment is not to be had, and will not be. */
  const readOrSetAside = async (segment: Segment): Promise<SegmentContent | undefined> => {
    try {
      return await read(segment);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
        log.error({ segment: segment.path }, 'a spool segment is not there any more: another process has adopted it');
        drop(segment);
        // It is brought to the book by the other one: from now on the book decides what is a repeat.
        keys.forget(segment);
        return undefined;
      }
      const attempts = (failedReads.get(segment) ?? 0) + 1;
      failedReads.set(segment, attempts);
      if (attempts < READ_ATTEMPTS) throw error;
      await damage.setFileAside(segment.path, error);
      drop(segment);
      keys.lose(segment);
      return undefined;
    }
  };

  let lastRefusal: SpoolStats['lastRefusal'];
  const refusal = (why: string, retryAfter: number, cause?: unknown): AppError => {
    lastRefusal = { at: clock.now(), why };
    const message = `The book cannot be reached right now, and ${why}. Try again shortly.`;
    return new AppError('UNAVAILABLE', { message, retryAfter, cause });
  };

  const refuseWhenFull = (more: number) => {
    const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0) + writer.waitingBytes;
    const [first] = segments;
    const isTooOld = first !== undefined && clock.now().getTime() - first.createdAt.getTime() > maxAgeMs;
    if (bytes + more > maxBytes) throw refusal('the spool is full', RETRY_AFTER_S.full);
    if (isTooOld) throw refusal('what is in the spool has waited for too long', RETRY_AFTER_S.full);
    // A disk that does not keep up, or does not answer at all, must not fill the memory.
    if (writer.waitingBytes > MAX_WAITING_BYTES)
      throw refusal('the disk of the spool does not keep up', RETRY_AFTER_S.failed);
  };

  const service = createService({
    name: 'spool',
    async start() {
      await damage.load();
      await adopt();
      const abort = new AbortController();
      const keep = async () => {
        await countAdopted();
        while (!abort.signal.aborted) {
          await clock.sleep(KEEP_MS, abort.signal).catch(() => undefined);
          if (abort.signal.aborted) return;
          await Promise.all([ownership.beat(), adopt().then(countAdopted)]).catch((error: unknown) => {
            log.warn({ err: error }, 'the spool could not be looked after');
          });
        }
      };
      const keeping = keep();
      return async () => {
        abort.abort();
        toCount.length = 0;
        await keeping;
        if (pending > 0) await new Promise<void>((resolve) => onIdle.push(resolve));
        await writer.close();
        await ownership.leave();
      };
    },
  });

  return {
    name: service.name,
    start: service.start,
    stop: service.stop,

    async append(record) {
      const frame = encodeFrame('record', encodeRecord(record));
      refuseWhenFull(frame.length);
      pending += 1;
      try {
        return await writer.write(frame);
      } catch (cause) {
        throw refusal('the disk of the spool fails', RETRY_AFTER_S.failed, cause);
      } finally {
        pending -= 1;
        if (pending === 0) for (const resolve of onIdle.splice(0)) resolve();
      }
    },

    async oldest() {
      for (;;) {
        const [segment] = segments;
        if (!segment) return undefined;
        if (!segment.isClosed) await writer.close();
        const content = await readOrSetAside(segment);
        if (content) return { segment, content };
      }
    },

    async remove(segment) {
      await files.remove(segment.path);
      drop(segment);
      keys.forget(segment);
      lastRefusal = undefined;
    },

    setAside: damage.setRecordAside,
    keys,

    stats: () => ({
      bytes: segments.reduce((sum, segment) => sum + segment.bytes, 0),
      maxBytes,
      records: segments.reduce((sum, segment) => sum + segment.records, 0),
      segments: segments.length,
      oldestAt: segments[0]?.createdAt ?? null,
      damaged: damage.count,
      lastRefusal,
    }),

    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
