import { setImmediate as nextTurn } from 'node:timers/promises';
import { reasonOf } from './prepare.ts';
import type { Reports } from './reports.ts';
import type { Journal, SegmentFile } from './spool/journal.ts';

/** What became of an event that was handed in. */
export type Kept = 'durable' | 'queued' | 'dropped';

export interface Arrival {
  readonly text: string;
  readonly bytes: number;
  readonly resolve: (kept: Kept) => void;
}

/** Events on their way to the disk, in groups: what comes while one group is written makes the next. */
export interface Arrivals {
  /** Resolves once it is known where the event is. Never rejects. */
  add(text: string, bytes: number): Promise<Kept>;
  /** Resolves when everything added so far has been admitted. */
  settled(): Promise<void>;
  /** Not admitted yet. */
  waiting(): readonly Arrival[];
}

export interface ArrivalsDeps {
  readonly journal: Journal | undefined;
  readonly maxSpoolBytes: number;
  readonly maxSpoolAgeMs: number;
  /** How much is in the spool, and when the oldest of it was written. */
  readonly spool: () => { readonly bytes: number; readonly oldestAt: number | undefined };
  readonly reports: Reports;
  readonly now: () => number;
  /** Takes over a group: it is in the file, or in memory alone. */
  readonly admit: (group: readonly Arrival[], file: SegmentFile | undefined) => void;
}

const GROUP_BYTES = 2 ** 20;
/** After a failure the disk is left alone for so long. */
const DISK_REST_MS = 5_000;

export function createArrivals(deps: ArrivalsDeps): Arrivals {
  const { journal, maxSpoolBytes, maxSpoolAgeMs, spool, reports, now, admit } = deps;
  let arriving: Arrival[] = [];
  let writing: readonly Arrival[] = [];
  let diskRestsUntil = -Infinity;
  let pumping: Promise<void> | undefined;

  const isDiskFull = (group: readonly Arrival[]): boolean => {
    const { bytes, oldestAt } = spool();
    const isOld = oldestAt !== undefined && now() - oldestAt > maxSpoolAgeMs;
    if (!isOld && bytes + bytesOf(group) <= maxSpoolBytes) return false;
    const limit = isOld ? `the oldest event waits longer than ${maxSpoolAgeMs} ms` : `it holds ${bytes} bytes`;
    reports.error('SPOOL_FULL', `the spool takes nothing more: ${limit}; new events wait in memory`);
    return true;
  };

  /** Puts a group on the disk; undefined when it has to stay in memory. */
  const write = async (group: readonly Arrival[]): Promise<SegmentFile | undefined> => {
    if (!journal || now() < diskRestsUntil || isDiskFull(group)) return undefined;
    try {
      return await journal.append(group.map(({ text }) => text));
    } catch (error) {
      diskRestsUntil = now() + DISK_REST_MS;
      reports.error('SPOOL_FAILED', `the spool does not take events: ${reasonOf(error)}; they wait in memory`);
      return undefined;
    }
  };

  const pump = async () => {
    while (arriving.length > 0) {
      // Everything logged in one go makes one group; and a program that logs in a loop lets others have their turn.
      await nextTurn();
      writing = arriving.slice(0, groupLength(arriving));
      arriving = arriving.slice(writing.length);
      const file = await write(writing);
      const written = writing;
      writing = [];
      admit(written, file);
    }
    pumping = undefined;
  };

  return {
    add: (text, bytes) =>
      new Promise((resolve) => {
        arriving.push({ text, bytes, resolve });
        pumping ??= pump();
      }),
    async settled() {
      while (pumping) await pumping;
    },
    waiting: () => [...writing, ...arriving],
  };
}

function groupLength(arriving: readonly Arrival[]): number {
  let bytes = 0;
  const end = arriving.findIndex((arrival) => {
    bytes += arrival.bytes;
    return bytes > GROUP_BYTES;
  });
  return end < 0 ? arriving.length : Math.max(1, end);
}

function bytesOf(group: readonly Arrival[]): number {
  return group.reduce((sum, { bytes }) => sum + bytes, 0);
}
