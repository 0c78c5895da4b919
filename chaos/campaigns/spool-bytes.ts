/**
 * Segments of the spool are cut at each byte, and each byte is flipped, zeroed or made another; larger pieces are overwritten,
 * removed and put in. Whatever is done, the spool gives back every record that is whole, makes nothing up, and what it cannot
 * read it keeps and reports.
 */
import { createSpool } from '#ingest/index.ts';
import type { SpoolRecord } from '#ingest/spool/record.ts';
import { systemClock } from '#platform/clock.ts';
import { silentLogger } from '#platform/log.ts';
import { ownIdentity } from '#platform/process-identity.ts';
import { exampleRecord } from '#testing/example-record.ts';
import { type Campaign, scaled } from '../harness/campaign.ts';
import { createMemoryFiles, onlyFile } from '../harness/memory-files.ts';
import type { Random } from '../harness/random.ts';

const RECORDS = 24;
const PIECES = 20_000;
const MAX_PIECE = 600;
const DATA_DIR = '/data';
/** Each record with its frame: a mark, kind, length and checksum. */
const MARK = Buffer.from([0xf5, 0x48, 0x42]);
const HEADER_BYTES = 12;

interface Original {
  readonly name: string;
  readonly bytes: Buffer;
  /** The records in order, and where each one's frame stands. */
  readonly records: readonly { readonly text: string; readonly from: number; readonly to: number }[];
  readonly isClosed: boolean;
}

interface Damage {
  readonly bytes: Buffer;
  /** From here, up to and without there, bytes of the original are not what they were. */
  readonly from: number;
  readonly to: number;
}

export const spoolBytes: Campaign = {
  name: 'spool-bytes',
  title: 'segments of the spool cut at each byte, each byte changed, pieces overwritten',
  async run(context) {
    const { random, say, scale } = context;
    const faults = { cuts: 0, 'changed bytes': 0, 'pieces overwritten, removed or put in': 0 };
    const failures: string[] = [];
    let pieces = 0;
    for (const isClosed of [true, false]) {
      const original = await makeSegment(random.fork(`segment ${isClosed}`), isClosed);
      const { bytes } = original;
      say(`a segment of ${bytes.length} bytes and ${RECORDS} records, ${isClosed ? 'closed' : 'not closed'}`);
      const step = Math.max(1, Math.round(1 / scale));
      for (let at = 0; at < bytes.length; at += step) {
        faults.cuts += 1;
        failures.push(...(await judge(original, { bytes: bytes.subarray(0, at), from: at, to: bytes.length })));
        for (const change of [1 << random.int(0, 7), 0xff, bytes[at] ?? 0]) {
          if (change === 0) continue;
          faults['changed bytes'] += 1;
          failures.push(...(await judge(original, changed(bytes, at, change))));
        }
        if (failures.length > 10) break;
      }
      for (let count = scaled(context, PIECES / 2, 50); count > 0 && failures.length <= 10; count -= 1) {
        pieces += 1;
        failures.push(...(await judge(original, inPieces(bytes, random))));
      }
    }
    faults['pieces overwritten, removed or put in'] = pieces;
    return { faults, measures: { 'records of a segment': RECORDS }, failures: failures.slice(0, 10) };
  },
};

/** A segment as the spool writes it, every record acknowledged. */
async function makeSegment(random: Random, isClosed: boolean): Promise<Original> {
  const files = createMemoryFiles();
  const spool = makeSpool(files, 'the writer');
  await spool.start();
  for (let n = 0; n < RECORDS; n += 1) {
    const text = random.pick(['', 'Grüße ✓', '\u0000\u0001', '\ud800', '👩‍👩‍👧', 'õHB÷', '"}\\']);
    await spool.append(exampleRecord(`${n} ${text}${'y'.repeat(random.int(0, 40))}`, { metadata: { n, text } }));
  }
  if (isClosed) await spool.stop();
  const { name, bytes } = onlyFile(files, ['.open', '.seg']);
  const texts = (await contentOf(files, [])).records;
  const marks = positionsOf(bytes, MARK).filter((at) => bytes[at + 3] === 0xf7);
  const records = marks.map((from, i) => ({
    text: texts[i] ?? '',
    from,
    to: from + HEADER_BYTES + bytes.readUInt32LE(from + 4),
  }));
  if (records.length !== RECORDS || texts.length !== RECORDS) throw new Error('the segment is not as it was written');
  return { name, bytes, records, isClosed };
}

/** What is not as promised when a spool finds the segment so. */
async function judge(original: Original, damage: Damage): Promise<string[]> {
  const files = createMemoryFiles();
  files.put(`${DATA_DIR}/spool/left-dead/${original.name}`, damage.bytes);
  const { records: found, damaged } = await contentOf(files, []);
  const where = `bytes ${damage.from} to ${damage.to}, ${original.isClosed ? 'closed' : 'open'}`;
  const known = new Set(original.records.map(({ text }) => text));
  const madeUp = found.filter((text) => !known.has(text));
  const there = new Set(found);
  const whole = original.records.filter(({ from, to }) => to <= damage.from || from >= damage.to);
  const missing = whole.filter(({ text }) => !there.has(text));
  const failures: string[] = [];
  if (madeUp.length > 0) failures.push(`${where}: a record was made up`);
  if (missing.length > 0) failures.push(`${where}: ${missing.length} whole records were not given back`);
  const isSame = damage.bytes.equals(original.bytes);
  const lost = original.records.length - there.size;
  const isSilent = damaged === 0 && !kept(files);
  if (lost > 0 && isSilent && !isTidyCut(original, damage)) failures.push(`${where}: ${lost} records lost in silence`);
  if (isSame && (lost > 0 || damaged > 0)) failures.push(`${where}: nothing was done, and something is reported`);
  return failures;
}

/**
 * A segment that was not closed, cut exactly between two records, is what a crash before the next write leaves: nobody can
 * tell the two apart.
 */
function isTidyCut({ isClosed, records }: Original, { bytes, from }: Damage): boolean {
  return !isClosed && bytes.length === from && [0, records[0]?.from, ...records.map(({ to }) => to)].includes(from);
}

/** Whether something was set aside, be it only the beginning of a record that was cut off. */
function kept({ all }: ReturnType<typeof createMemoryFiles>): boolean {
  return [...all.keys()].some((path) => path.startsWith(`${DATA_DIR}/spool/damaged/`));
}

function makeSpool(files: ReturnType<typeof createMemoryFiles>, started: string) {
  const limits = { maxBytes: 2 ** 30, maxAgeMs: 2 ** 40 };
  const identity = { ...ownIdentity(), started };
  return createSpool({ dataDir: DATA_DIR, clock: systemClock, log: silentLogger, files, identity, ...limits });
}

/** Everything a new process finds in the spool, and how many pieces it reports. */
async function contentOf(files: ReturnType<typeof createMemoryFiles>, records: string[]) {
  const spool = makeSpool(files, 'the reader');
  await spool.start();
  for (let oldest = await spool.oldest(); oldest; oldest = await spool.oldest()) {
    const found: readonly SpoolRecord[] = await oldest.content.take(0, oldest.content.count);
    records.push(...found.map((record) => JSON.stringify(record)));
    await spool.remove(oldest.segment);
  }
  const { damaged } = spool.stats();
  await spool.stop();
  return { records, damaged };
}

function changed(bytes: Buffer, at: number, by: number): Damage {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ by;
  return { bytes: copy, from: at, to: at + 1 };
}

function inPieces(bytes: Buffer, random: Random): Damage {
  const from = random.int(0, bytes.length - 1);
  const length = random.int(1, MAX_PIECE);
  const to = Math.min(bytes.length, from + length);
  const noise = Buffer.from(Array.from({ length }, () => (random.chance(0.3) ? 0 : random.int(0, 255))));
  const kind = random.pick<'overwrite' | 'zero' | 'remove' | 'insert'>(['overwrite', 'zero', 'remove', 'insert']);
  const middle = {
    overwrite: noise.subarray(0, to - from),
    zero: Buffer.alloc(to - from),
    remove: Buffer.alloc(0),
    insert: noise,
  };
  const rest = bytes.subarray(kind === 'insert' ? from : to);
  return {
    bytes: Buffer.concat([bytes.subarray(0, from), middle[kind], rest]),
    from,
    to: kind === 'insert' ? from + 1 : to,
  };
}

function positionsOf(bytes: Buffer, part: Buffer): number[] {
  const positions: number[] = [];
  for (let at = bytes.indexOf(part); at >= 0; at = bytes.indexOf(part, at + 1)) positions.push(at);
  return positions;
}
