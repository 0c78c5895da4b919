import type { DamageStore } from './damage.ts';
import { decodeRecord, type SpoolRecord } from './record.ts';
import { type Region, scanSegment } from './scan-segment.ts';
import { wasClosedWell } from './segment.ts';

/** The records of a segment, found but not understood yet: that is done piece by piece, as they are wanted. */
export interface SegmentContent {
  readonly count: number;
  /** False when some of it is not there, or cannot be read. */
  readonly isWhole: boolean;
  /** Records number `from` (from 0) up to and without `to`; those that cannot be understood are set aside. */
  take(from: number, to: number): Promise<SpoolRecord[]>;
}

/**
 * Reads a segment file, whatever has happened to it. What is not a sound record is set aside and reported; reading the
 * same file again reports nothing twice.
 */
export async function readSegment(damage: DamageStore, path: string, bytes: Buffer): Promise<SegmentContent> {
  const { records, damaged, torn, closedWith } = scanSegment(bytes);
  const isComplete = wasClosedWell(path);
  for (const region of damaged) await damage.setAside(path, bytes, region, 'not readable');
  if (torn && isComplete) await damage.setAside(path, bytes, torn, 'cut off after it was complete');
  if (torn && !isComplete) await damage.keepTorn(path, bytes, torn);
  const isShort = isComplete && closedWith !== records.length;
  if (isShort && damaged.length === 0 && !torn) {
    const end = { from: bytes.length, to: bytes.length };
    const written = closedWith === undefined ? 'the end of the segment' : `${closedWith - records.length} records`;
    await damage.setAside(path, bytes, end, `cut short: ${written} missing, ${records.length} records there`);
  }

  const decode = async (region: Region): Promise<SpoolRecord | undefined> => {
    try {
      return decodeRecord(bytes.subarray(region.from, region.to));
    } catch (error) {
      await damage.setAside(path, bytes, region, `a record that cannot be understood: ${String(error)}`);
      return undefined;
    }
  };

  return {
    count: records.length,
    isWhole: damaged.length === 0 && !torn && !isShort,
    async take(from, to) {
      const decoded = await Promise.all(records.slice(from, to).map(decode));
      return decoded.filter((record) => record !== undefined);
    },
  };
}
