import { type Arrival, createArrivals, type Kept } from './arrivals.ts';
import { reasonOf } from './prepare.ts';
import type { Reports } from './reports.ts';
import { addEntry, chill, createSegment, type Entry, isWhole, type Segment, settleEntry } from './segments.ts';
import type { Journal, SegmentFile } from './spool/journal.ts';
import type { Counts } from './stats.ts';

/**
 * Everything that is not acknowledged yet, oldest first.
 *
 *   add() ──▶ arriving ──group──▶ on disk (in memory too, while there is room) ──▶ take() ──▶ settle()
 *                          └─the disk takes nothing──▶ in memory alone ──────────────┘
 *
 * Memory is bounded: what is on the disk leaves it first, and only when nothing can is a new event given up. What was
 * told to be durable is never given up.
 */
export interface Backlog {
  /** Resolves once it is known where the event is. Never rejects. */
  add(text: string, bytes: number): Promise<Kept>;
  /** The oldest events that fit: at most `most.events`, at most `most.bytes` but always one; none when nothing waits. */
  take(most: { readonly events: number; readonly bytes: number }): Promise<readonly Entry[]>;
  /** Acknowledged or refused: it waits no more. False when it did not any more. */
  settle(entry: Entry): boolean;
  /** Its turn comes again after everything else. */
  defer(entry: Entry): void;
  /** Says "alive", takes over what processes left behind that are gone, and gives room back. @throws errors of the disk */
  tidy(): Promise<void>;
  /** Resolves when everything that was added is where take() finds it. */
  settled(): Promise<void>;
  /** Saves what is in memory alone, and gives the spool free for the next process. How many events are lost. */
  close(): Promise<number>;
  /** The same in the moment in which the process ends. */
  closeNow(): number;
  state(): BacklogState;
}

export interface BacklogState {
  readonly queued: number;
  readonly onDisk: number;
  readonly memoryBytes: number;
  readonly spoolBytes: number;
  /** What take() can give without reading the disk. */
  readonly ready: { readonly events: number; readonly bytes: number };
}

export interface BacklogDeps {
  readonly journal: Journal | undefined;
  readonly maxMemoryBytes: number;
  readonly maxSpoolBytes: number;
  readonly maxSpoolAgeMs: number;
  readonly counts: Counts;
  readonly reports: Reports;
  readonly now: () => number;
  /** Told when there is more to take. */
  readonly onReady: () => void;
}

/** A segment in memory alone is so long at most, so that what is settled in it can go. */
const MEMORY_SEGMENT_EVENTS = 5_000;

export function createBacklog(deps: BacklogDeps): Backlog {
  const { journal, maxMemoryBytes, counts, reports, onReady } = deps;
  const segments: Segment[] = [];
  const deferred = new Set<Entry>();
  let memoryBytes = 0;
  let ready = { events: 0, bytes: 0 };

  const count = (events: number, bytes: number) => {
    ready = { events: ready.events + events, bytes: ready.bytes + bytes };
  };
  const sum = (of: (segment: Segment) => number) => segments.reduce((total, segment) => total + of(segment), 0);
  const spoolBytes = () => sum(({ file }) => file?.bytes ?? 0);

  const segmentFor = (file: SegmentFile | undefined): Segment => {
    const last = segments.at(-1);
    const isLong = file === undefined && (last?.entries?.length ?? 0) >= MEMORY_SEGMENT_EVENTS;
    if (last && last.file === file && !isLong) return last;
    const segment = createSegment(file);
    segments.push(segment);
    return segment;
  };

  /** Lets go of what is on the disk anyway; false when part of it is on its way, and it has to stay. */
  const letGo = (segment: Segment): boolean => {
    if (!isWhole(segment)) return false;
    const { events, bytes } = chill(segment);
    memoryBytes -= bytes;
    count(-events, -bytes);
    return true;
  };

  /** Durable events stay in memory too as long as they leave half of it free. */
  const admit = (group: readonly Arrival[], file: SegmentFile | undefined) => {
    const segment = segmentFor(file);
    const isTight = file !== undefined && memoryBytes > maxMemoryBytes / 2;
    const isCold = segment.entries === undefined || (isTight && letGo(segment));
    for (const { text, bytes, resolve } of group) {
      if (isCold) {
        segment.left += 1;
        memoryBytes -= bytes;
      } else {
        addEntry(segment, text, bytes);
        count(1, bytes);
      }
      resolve(file ? 'durable' : 'queued');
    }
    if (file) counts.spooled += group.length;
    onReady();
  };

  const arrivals = createArrivals({
    ...deps,
    spool: () => ({ bytes: spoolBytes(), oldestAt: segments.find(({ file }) => file)?.file?.createdAt }),
    admit,
  });

  /** Brings a cold segment back into memory. One that the disk does not give back now stays as it is, and is tried again. */
  const warm = async (segment: Segment): Promise<void> => {
    const { file } = segment;
    if (!journal || !file) return;
    let texts: readonly string[] | undefined;
    try {
      texts = await journal.load(file);
    } catch (error) {
      return reports.error(
        'SPOOL_FAILED',
        `a segment of the spool cannot be read: ${reasonOf(error)}; it is tried again`,
      );
    }
    const expected = segment.left;
    segment.left = 0;
    segment.entries = [];
    for (const text of texts ?? []) {
      const { bytes } = addEntry(segment, text, Buffer.byteLength(text));
      memoryBytes += bytes;
      count(1, bytes);
    }
    counts.damaged += Math.max(0, expected - segment.left);
    counts.recovered += Math.max(0, segment.left - expected);
    if (segment.left === 0) retire(segment);
  };

  /** Forgets a segment in which everything is settled, and its file. */
  const retire = (segment: Segment) => {
    const at = segments.indexOf(segment);
    if (at >= 0) segments.splice(at, 1);
    if (!segment.file || !journal) return;
    journal.remove(segment.file).catch((error: unknown) => {
      const message = `a segment of the spool cannot be removed: ${reasonOf(error)}; its events will be sent again`;
      reports.error('SPOOL_FAILED', message);
    });
  };

  /** Also the one that would still be filled: while nothing comes, nothing acknowledged is to lie on the disk. */
  const retireEmpty = () => {
    if (arrivals.waiting().length > 0) return;
    for (const segment of segments.filter(({ left, entries }) => left === 0 && entries !== undefined)) retire(segment);
  };

  const takeOver = async (from: Journal) => {
    const adopted = await from.adopt();
    const cold = adopted.map((file): Segment => ({ file, entries: undefined, left: file.events, next: 0 }));
    counts.recovered += cold.reduce((total, { left }) => total + left, 0);
    segments.unshift(...cold);
    // Also for those that could not be read the last time.
    if (segments.some(({ entries }) => entries === undefined)) onReady();
  };

  const inMemoryAlone = (): string[] => [
    ...segments.flatMap(({ file, entries }) => (file ? [] : (entries ?? []).flatMap((entry) => entry?.text ?? []))),
    ...arrivals.waiting().map(({ text }) => text),
  ];

  const take: Backlog['take'] = async (most) => {
    const taken: Entry[] = [];
    let bytes = 0;
    for (const segment of [...segments]) {
      if (!segment.entries) await warm(segment);
      for (const entry of (segment.entries ?? []).slice(segment.next)) {
        if (!entry || deferred.has(entry)) continue;
        const isFull = taken.length >= most.events || bytes + entry.bytes > most.bytes;
        if (taken.length > 0 && isFull) return taken;
        taken.push(entry);
        bytes += entry.bytes;
      }
    }
    if (taken.length > 0 || deferred.size === 0) return taken;
    deferred.clear();
    return take(most);
  };

  return {
    add(text, bytes) {
      if (memoryBytes + bytes > maxMemoryBytes) {
        counts.dropped += 1;
        reports.error('DROPPED', `an event was given up: ${memoryBytes} bytes of events wait in memory`);
        return Promise.resolve('dropped');
      }
      memoryBytes += bytes;
      return arrivals.add(text, bytes);
    },
    take,
    settle(entry) {
      deferred.delete(entry);
      if (!settleEntry(entry)) return false;
      memoryBytes -= entry.bytes;
      count(-1, -entry.bytes);
      const { segment } = entry;
      const isBeingFilled = segment.file ? segment.file.isOpen : segment === segments.at(-1);
      if (segment.left === 0 && !isBeingFilled) retire(segment);
      return true;
    },
    defer(entry) {
      deferred.add(entry);
    },
    async tidy() {
      retireEmpty();
      if (!journal) return;
      await journal.beat();
      await takeOver(journal);
    },
    settled: () => arrivals.settled(),
    async close() {
      await arrivals.settled();
      const unsaved = inMemoryAlone();
      if (!journal) return unsaved.length;
      const lost = unsaved.length > 0 ? journal.append(unsaved).then(none, () => unsaved.length) : 0;
      retireEmpty();
      const lostEvents = await lost;
      await journal.close();
      return lostEvents;
    },
    closeNow() {
      const unsaved = inMemoryAlone();
      if (!journal) return unsaved.length;
      if (unsaved.length > 0) journal.saveNow(unsaved);
      return 0;
    },
    state: () => ({
      queued: arrivals.waiting().length + sum(({ left }) => left),
      onDisk: sum(({ file, left }) => (file ? left : 0)),
      memoryBytes,
      spoolBytes: spoolBytes(),
      ready,
    }),
  };
}

function none(): number {
  return 0;
}
