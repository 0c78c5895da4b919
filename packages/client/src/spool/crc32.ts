import * as zlib from 'node:zlib';

type Crc32 = (bytes: Uint8Array, before?: number) => number;

/** Node has it from 20.15 on; before that it is done here, about thirty times slower. */
const native = (zlib as { readonly crc32?: Crc32 }).crc32;

/** The CRC-32 of RFC 1952, going on from that of what came `before`. */
export const crc32: Crc32 = native ?? slowCrc32;

let table: Uint32Array | undefined;

export function slowCrc32(bytes: Uint8Array, before = 0): number {
  table ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
    return value;
  });
  let crc = ~before;
  for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}
