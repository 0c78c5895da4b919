/**
 * A new UUID of version 7 (RFC 9562): 48 bits of milliseconds, then 74 random bits. Ids made later sort later, which
 * keeps index pages warm. `now` in milliseconds; `random` is a UUID of version 4, whose random bits are taken.
 */
export function uuidv7(now: number, random: string = globalThis.crypto.randomUUID()): string {
  const time = Math.floor(now).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}

/**
 * A source of version 7 ids that never goes backwards: within a millisecond the 12 bits after the version count up
 * (RFC 9562, method 1), so that events taken together sort in the order in which they were taken.
 */
export function createIdSource(random: () => string = () => globalThis.crypto.randomUUID()): (now: number) => string {
  let last = 0;
  let counter = 0;
  return (now) => {
    const at = Math.max(last, Math.floor(now));
    counter = at === last ? counter + 1 : 0;
    last = counter > 0xfff ? at + 1 : at;
    if (counter > 0xfff) counter = 0;
    const id = uuidv7(last, random());
    return `${id.slice(0, 15)}${counter.toString(16).padStart(3, '0')}${id.slice(18)}`;
  };
}

export const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
