import { dayOf, spanOfDay } from '#domain/day.ts';

const HOUR_MS = 3_600_000;
const OPENS_MS = 9 * HOUR_MS;
const CLOSES_MS = 17.5 * HOUR_MS;

/** When people of a place work: Monday to Friday, nine to half past five, by their own clocks. Times in milliseconds. */
export interface WorkingTime {
  isWorking(at: number): boolean;
  /** `at` itself when it is working time, else a moment of the next morning at work; `spread` in [0, 1) over 3 hours. */
  next(at: number, spread: number): number;
}

export function createWorkingTime(timeZone: string): WorkingTime {
  const startOf = remembered((day: string) => spanOfDay(day, timeZone)?.from.getTime() ?? Number.NaN);
  const endOf = remembered((day: string) => spanOfDay(day, timeZone)?.before.getTime() ?? Number.NaN);
  // Zones differ from UTC by quarters of an hour at the finest.
  const dayOfQuarter = remembered((quarter: number) => dayOf(new Date(quarter * 900_000), timeZone));
  const dayAt = (at: number) => dayOfQuarter(Math.floor(at / 900_000));

  const isWorking = (at: number) => {
    const day = dayAt(at);
    const since = at - startOf(day);
    return isWorkday(day) && since >= OPENS_MS && since < CLOSES_MS;
  };

  return {
    isWorking,
    next(at, spread) {
      if (isWorking(at)) return at;
      let day = dayAt(at);
      if (at - startOf(day) >= CLOSES_MS) day = dayAt(endOf(day));
      while (!isWorkday(day)) day = dayAt(endOf(day));
      return Math.floor(startOf(day) + OPENS_MS + spread * 3 * HOUR_MS);
    },
  };
}

function isWorkday(day: string): boolean {
  return ![0, 6].includes(new Date(day).getUTCDay());
}

function remembered<Key, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const value = compute(key);
    known.set(key, value);
    return value;
  };
}
