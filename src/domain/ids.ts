/**
 * A new UUID of version 7 (RFC 9562): 48 bits of milliseconds, then random bits. Ids made later sort later, which keeps
 * index pages warm. `now` in milliseconds.
 */
export function uuidv7(
  now: number,
  random: Uint8Array = globalThis.crypto.getRandomValues(new Uint8Array(10)),
): string {
  const time = Math.floor(now).toString(16).padStart(12, '0');
  const hex = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const variant = ((Number.parseInt(hex.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-${variant}${hex.slice(4, 7)}-${hex.slice(7, 19)}`;
}

export const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
