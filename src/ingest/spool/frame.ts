import { crc32 } from 'node:zlib';

/**
 * What a segment file is made of: frames, one after the other.
 *
 *   ┌──────────────┬──────┬────────┬───────┬──────────────┐
 *   │ f5 48 42     │ kind │ length │ crc32 │ payload      │   numbers little-endian, 4 bytes each;
 *   │ (3 bytes)    │ (1)  │        │       │ (UTF-8 JSON) │   the CRC is over kind, length and payload
 *   └──────────────┴──────┴────────┴───────┴──────────────┘
 *
 *   head    the first: version and time of the segment
 *   record  one each
 *   end     the last, with the number of records, when the segment was closed in good order
 *
 * f5 and the kinds are bytes that UTF-8 never has, so the beginning of a frame cannot occur inside a payload: after
 * damage the next frame is found for certain.
 */
export const FRAME_KINDS = { head: 0xf6, record: 0xf7, end: 0xf8 } as const;
export type FrameKind = keyof typeof FRAME_KINDS;

const MARK = Buffer.from([0xf5, 0x48, 0x42]);
const HEADER_BYTES = 12;

export function encodeFrame(kind: FrameKind, payload: string): Buffer {
  const length = Buffer.byteLength(payload);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
  MARK.copy(frame);
  frame[3] = FRAME_KINDS[kind];
  frame.writeUInt32LE(length, 4);
  frame.write(payload, HEADER_BYTES);
  frame.writeUInt32LE(checksum(frame, 0, length), 8);
  return frame;
}

export interface Frame {
  readonly kind: FrameKind;
  readonly payload: Buffer;
  /** Where the next frame begins. */
  readonly end: number;
}

/** The frame that begins at `at`, or undefined when no whole and sound one does. */
export function frameAt(bytes: Buffer, at: number): Frame | undefined {
  const kind = kindAt(bytes, at);
  if (kind === undefined) return undefined;
  const length = bytes.readUInt32LE(at + 4);
  const end = at + HEADER_BYTES + length;
  if (end > bytes.length || bytes.readUInt32LE(at + 8) !== checksum(bytes, at, length)) return undefined;
  return { kind, payload: bytes.subarray(at + HEADER_BYTES, end), end };
}

/** Where the next sound frame at or after `from` begins. */
export function findFrame(bytes: Buffer, from: number): number | undefined {
  for (let at = bytes.indexOf(MARK, from); at >= 0; at = bytes.indexOf(MARK, at + 1)) {
    if (frameAt(bytes, at)) return at;
  }
  return undefined;
}

/**
 * Whether the bytes from `at` to the end are what a write leaves that was cut off: the beginning of a frame, and behind it
 * perhaps room that was made and never filled.
 */
export function isCutOff(bytes: Buffer, at: number): boolean {
  let end = bytes.length;
  while (end > at && bytes[end - 1] === 0) end -= 1;
  const rest = bytes.subarray(at, end);
  if (!rest.subarray(0, MARK.length).equals(MARK.subarray(0, rest.length))) return false;
  return rest.length < HEADER_BYTES || HEADER_BYTES + rest.readUInt32LE(4) > rest.length;
}

function kindAt(bytes: Buffer, at: number): FrameKind | undefined {
  if (at + HEADER_BYTES > bytes.length || bytes.compare(MARK, 0, MARK.length, at, at + MARK.length) !== 0)
    return undefined;
  if (bytes[at + 3] === FRAME_KINDS.record) return 'record';
  if (bytes[at + 3] === FRAME_KINDS.head) return 'head';
  return bytes[at + 3] === FRAME_KINDS.end ? 'end' : undefined;
}

function checksum(bytes: Buffer, at: number, length: number): number {
  const head = crc32(bytes.subarray(at + 3, at + 8));
  return crc32(bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length), head);
}
