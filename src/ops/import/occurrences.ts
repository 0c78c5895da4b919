import { AppError } from '#domain/errors.ts';

/**
 * How often the same record has come before in a file, for records without a key of their own: twice the same line is two
 * events. Twelve bytes a record in a table of open addressing, not an entry of a Map: a million records take 16 to 32 MB.
 */
export interface Occurrences {
  /** How many had this hash (32 hex digits) before; counts it. */
  next(hash: string): number;
}

const MAX_RECORDS = 50_000_000;

export function createOccurrences(): Occurrences {
  let capacity = 1 << 16;
  let used = 0;
  let table = new Uint32Array(capacity * 3);

  const slotOf = (into: Uint32Array, size: number, high: number, low: number): number => {
    for (let slot = low & (size - 1); ; slot = (slot + 1) & (size - 1)) {
      const at = slot * 3;
      if (into[at + 2] === 0 || (into[at] === high && into[at + 1] === low)) return at;
    }
  };

  const grow = () => {
    const larger = new Uint32Array(capacity * 6);
    for (let at = 0; at < table.length; at += 3) {
      const count = table[at + 2] ?? 0;
      if (count === 0) continue;
      const [high, low] = [table[at] ?? 0, table[at + 1] ?? 0];
      larger.set([high, low, count], slotOf(larger, capacity * 2, high, low));
    }
    table = larger;
    capacity *= 2;
  };

  return {
    next(hash) {
      if (used > MAX_RECORDS) {
        throw new AppError('TOO_LARGE', {
          message: `More than ${MAX_RECORDS} records without a key: give the mapping a key, or split the file.`,
        });
      }
      if (used * 4 > capacity * 3) grow();
      const at = slotOf(table, capacity, Number.parseInt(hash.slice(0, 8), 16), Number.parseInt(hash.slice(8, 16), 16));
      const count = table[at + 2] ?? 0;
      if (count === 0) {
        table[at] = Number.parseInt(hash.slice(0, 8), 16);
        table[at + 1] = Number.parseInt(hash.slice(8, 16), 16);
        used += 1;
      }
      table[at + 2] = count + 1;
      return count;
    },
  };
}
