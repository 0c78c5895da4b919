/**
 * A new UUID of version 7 (RFC 9562): 48 bits of milliseconds, then 74 random bits. Ids made later sort later, which
 * keeps index pages warm. `now` in milliseconds; `random` is a UUID of version 4, whose random bits are taken.
 */
export function uuidv7(now: number, random: string = globalThis.crypto.randomUUID()): string {
  const time = Math.floor(now).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}

export const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
