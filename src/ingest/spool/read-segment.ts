import type { DamageStore } from './damage.ts';
import { decodeRecord, type SpoolRecord } from './record.ts';
import { scanSegment } from './scan-segment.ts';
import { wasClosedWell } from './segment.ts';

/**
 * The records of a segment file, in order; everything that is not a sound record is set aside and reported. Reading the
 * same file again reports nothing twice.
 */
export async function readSegment(damage: DamageStore, path: string, bytes: Buffer): Promise<SpoolRecord[]> {
  const { records, damaged, torn, closedWith } = scanSegment(bytes);
  const isComplete = wasClosedWell(path);
  for (const region of damaged) await damage.setAside(path, bytes, region, 'not readable');
  if (torn && isComplete) await damage.setAside(path, bytes, torn, 'cut off after it was complete');
  if (torn && !isComplete) await damage.keepTorn(path, bytes, torn);
  if (isComplete && closedWith !== records.length && damaged.length === 0 && !torn) {
    const end = { from: bytes.length, to: bytes.length };
    const written = closedWith === undefined ? 'the end of the segment' : `${closedWith - records.length} records`;
    await damage.setAside(path, bytes, end, `cut short: ${written} missing, ${records.length} records there`);
  }
  const decoded: SpoolRecord[] = [];
  for (const region of records) {
    try {
      decoded.push(decodeRecord(bytes.subarray(region.from, region.to)));
    } catch (error) {
      await damage.setAside(path, bytes, region, `a record that cannot be understood: ${String(error)}`);
    }
  }
  return decoded;
}
