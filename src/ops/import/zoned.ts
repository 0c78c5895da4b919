import { dayOf, spanOfDate } from '#domain/day.ts';

const DAY_MS = 86_400_000;
const MAX_DAYS = 20_000;

/** Wall-clock times of one zone as instants, and instants as days; remembers whole days, for millions of records. */
export interface Zone {
  instantOf(wall: string): Date | undefined;
  dayOf(at: Date): string;
}

export function createZone(timeZone: string): Zone {
  /** Offset of a day on which the clocks are not set, in milliseconds; null for one on which they are. */
  const offsets = new Map<string, number | null>();

  const offsetOn = (day: string): number | null => {
    const known = offsets.get(day);
    if (known !== undefined) return known;
    const noon = Date.parse(`${day}T12:00:00Z`);
    const [before, after] = [noon - DAY_MS, noon + DAY_MS].map((wall) => offsetAt(wall, timeZone));
    const offset = before === undefined || before !== after ? null : before;
    if (offsets.size >= MAX_DAYS) offsets.clear();
    offsets.set(day, offset);
    return offset;
  };

  return {
    instantOf(wall) {
      const offset = offsetOn(wall.slice(0, 10));
      if (offset === null) return spanOfDate(wall, timeZone)?.from;
      return new Date(Date.parse(`${wall}Z`) - offset);
    },
    dayOf(at) {
      const offset = offsetOn(at.toISOString().slice(0, 10));
      if (offset === null) return dayOf(at, timeZone);
      return new Date(at.getTime() + offset).toISOString().slice(0, 10);
    },
  };
}

/** How far the clocks of the zone are ahead of UTC when they show `wall` (as if it were UTC), in milliseconds. */
function offsetAt(wall: number, timeZone: string): number | undefined {
  const instant = spanOfDate(new Date(wall).toISOString().slice(0, -1), timeZone)?.from;
  return instant && wall - instant.getTime();
}
