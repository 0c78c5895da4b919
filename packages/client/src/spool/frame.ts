import { crc32 } from './crc32.ts';

/**
 * What a segment file is made of: frames, one after the other.
 *
 *   ┌──────────┬──────┬────────┬───────┬──────────────┐
 *   │ f5 48 43 │ kind │ length │ crc32 │ payload      │   numbers little-endian, 4 bytes each;
 *   │ (3)      │ (1)  │        │       │ (UTF-8 JSON) │   the CRC is over kind, length and payload
 *   └──────────┴──────┴────────┴───────┴──────────────┘
 *
 *   event  one each
 *   end    the last, with the number of events, when the segment was closed in good order
 *
 * f5 and the kinds are bytes that UTF-8 never has, so the beginning of a frame cannot occur inside a payload: after damage
 * the next frame is found for certain.
 */
const KINDS = { event: 0xf6, end: 0xf7 } as const;
const MARK = Buffer.from([0xf5, 0x48, 0x43]);
const HEADER_BYTES = 12;

/** The frames of events, in one piece. */
export function encodeEvents(texts: readonly string[]): Buffer {
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const all = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + HEADER_BYTES + length, 0));
  let at = 0;
  for (const [i, text] of texts.entries()) at = put(all, at, KINDS.event, text, lengths[i] ?? 0);
  return all;
}

export function encodeEnd(events: number): Buffer {
  const payload = String(events);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  put(frame, 0, KINDS.end, payload, payload.length);
  return frame;
}

function put(to: Buffer, at: number, kind: number, payload: string, length: number): number {
  MARK.copy(to, at);
  to[at + 3] = kind;
  to.writeUInt32LE(length, at + 4);
  to.write(payload, at + HEADER_BYTES);
  to.writeUInt32LE(checksum(to, at, length), at + 8);
  return at + HEADER_BYTES + length;
}

/** A stretch of a file: from this byte, up to and without that one. */
export interface Region {
  readonly from: number;
  readonly to: number;
}

export interface Scan {
  /** The payloads of all sound events, in order. */
  readonly events: readonly string[];
  /** What is no sound frame. */
  readonly damaged: readonly Region[];
  /** How many events it had when it was closed; undefined when it was not closed in good order. */
  readonly closedWith: number | undefined;
}

/** Reads a segment whatever has happened to it: every sound frame is found, everything else is named. */
export function scan(bytes: Buffer): Scan {
  const events: string[] = [];
  const damaged: Region[] = [];
  let closedWith: number | undefined;
  for (let at = 0; at < bytes.length; ) {
    const length = soundLengthAt(bytes, at);
    if (length === undefined) {
      const to = nextFrame(bytes, at + 1);
      damaged.push({ from: at, to });
      at = to;
      continue;
    }
    const payload = bytes.toString('utf8', at + HEADER_BYTES, at + HEADER_BYTES + length);
    if (bytes[at + 3] === KINDS.end) closedWith = Number(payload);
    else events.push(payload);
    at += HEADER_BYTES + length;
  }
  return { events, damaged, closedWith };
}

/** The length of the payload of the frame at `at`; undefined when there is no whole and sound one. */
function soundLengthAt(bytes: Buffer, at: number): number | undefined {
  if (at + HEADER_BYTES > bytes.length || bytes.compare(MARK, 0, 3, at, at + 3) !== 0) return undefined;
  if (bytes[at + 3] !== KINDS.event && bytes[at + 3] !== KINDS.end) return undefined;
  const length = bytes.readUInt32LE(at + 4);
  if (at + HEADER_BYTES + length > bytes.length) return undefined;
  return bytes.readUInt32LE(at + 8) === checksum(bytes, at, length) ? length : undefined;
}

function nextFrame(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(MARK, from); at >= 0; at = bytes.indexOf(MARK, at + 1)) {
    if (soundLengthAt(bytes, at) !== undefined) return at;
  }
  return bytes.length;
}

function checksum(bytes: Buffer, at: number, length: number): number {
  const head = crc32(bytes.subarray(at + 3, at + 8));
  return crc32(bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length), head);
}
