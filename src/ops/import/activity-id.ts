import { hash } from 'node:crypto';
import { uuidv7 } from '#domain/ids.ts';

/**
 * The id of an activity that an import brings: the same whenever the same import comes to the same record, so that what
 * was sent before a kill and is sent again after it counts as stored, not as a duplicate. In order of the records, which
 * keeps the index pages warm: time of the import's start · number of the event · of the record · bits of the import.
 */
export function importedId(runId: string, startedAt: Date, record: number, event: number): string {
  const ordinal = (BigInt(record) * 16n + BigInt(event)) & ((1n << 40n) - 1n);
  const salt = BigInt(`0x${hash('sha256', runId, 'hex').slice(0, 8)}`);
  // 74 bits: 40 of the ordinal, 34 of the import; laid into the 12 and the 62 that a version 7 leaves free.
  const bits = (ordinal << 34n) | salt;
  const high = (bits >> 62n).toString(16).padStart(3, '0');
  const low = (VARIANT | (bits & (VARIANT / 2n - 1n))).toString(16);
  return uuidv7(startedAt.getTime(), `00000000-0000-4${high}-${low.slice(0, 4)}-${low.slice(4)}`);
}

/** The two bits of RFC 9562's variant, above 62 others. */
const VARIANT = 1n << 63n;
