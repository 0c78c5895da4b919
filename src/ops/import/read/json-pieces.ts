import { createReadStream } from 'node:fs';
import { isPlainObject, parseJson } from '#domain/json.ts';
import { MAX_RECORD_BYTES, type Place, type SourceRecord, UnreadableFile } from './source.ts';

/**
 * JSON that comes piece by piece: one value a line (NDJSON), or the elements of one array. The pieces are cut by their
 * bytes and parsed one by one by parseJson(): so numbers stay exact, a piece that is broken costs only itself, and reading
 * can go on from any place. (A token stream of the whole document rounds numbers and has to begin at the beginning.)
 */
const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN = new Set([0x5b, 0x7b]);
const CLOSE = new Set([0x5d, 0x7d]);
const BLANK = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Takes bytes one by one; says when a piece is over. */
type Cutter = (byte: number) => 'more' | 'cut' | 'end';

export function readNdjson(path: string, from: Place): AsyncGenerator<SourceRecord> {
  return readPieces(path, from, () => (byte) => (byte === NEWLINE ? 'cut' : 'more'));
}

/** The elements of the array that the file is. @throws UnreadableFile when it is none */
export async function* readJsonArray(path: string, from: Place): AsyncGenerator<SourceRecord> {
  const start = from.records === 0 ? await findArray(path) : from;
  yield* readPieces(path, start, arrayCutter);
}

function arrayCutter(): Cutter {
  let depth = 0;
  let inString = false;
  let escaped = false;
  return (byte) => {
    if (inString) {
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) inString = false;
      return 'more';
    }
    if (byte === QUOTE) inString = true;
    else if (OPEN.has(byte)) depth += 1;
    else if (CLOSE.has(byte)) {
      if (depth === 0) return 'end';
      depth -= 1;
    } else if (byte === COMMA && depth === 0) return 'cut';
    return 'more';
  };
}

async function* readPieces(path: string, from: Place, makeCutter: () => Cutter): AsyncGenerator<SourceRecord> {
  const isArray = makeCutter === arrayCutter;
  const cutter = makeCutter();
  let { records: index, bytes: position, lines: line } = from;
  let parts: Buffer[] = [];
  let length = 0;
  let ended = false;

  const piece = (endsAt: number): SourceRecord | undefined => {
    const bytes = Buffer.concat(parts);
    parts = [];
    length = 0;
    const text = bytes
      .toString('utf8')
      .replace(/^\ufeff/, '')
      .trim();
    const begins = line + 1;
    line += countNewlines(bytes) + (isArray ? 0 : 1);
    if (text === '') return undefined;
    const place = { index, line: begins, endsAt };
    index += 1;
    return { ...place, ...contentOf(text) };
  };

  for await (const chunk of createReadStream(path, { start: position, highWaterMark: 256 * 1024 })) {
    const bytes: Buffer = chunk;
    let begin = 0;
    for (let i = 0; i < bytes.length; i += 1) {
      if (ended) {
        if (!BLANK.has(bytes[i] ?? 0)) throw new UnreadableFile('there is more after the end of the array');
        continue;
      }
      const verdict = cutter(bytes[i] ?? 0);
      if (verdict === 'more') continue;
      parts.push(bytes.subarray(begin, i));
      begin = i + 1;
      ended = verdict === 'end';
      // Who goes on from behind the last element has to find the end of the array there.
      const record = piece(position + i + (ended ? 0 : 1));
      if (record) yield record;
    }
    if (!ended) {
      parts.push(bytes.subarray(begin));
      length += bytes.length - begin;
    }
    if (length > MAX_RECORD_BYTES) throw new UnreadableFile(`the record at line ${line + 1} is longer than 1 MB`);
    position += bytes.length;
  }
  if (isArray && !ended) throw new UnreadableFile('the array is cut off: its closing bracket is missing');
  const last = piece(position);
  if (last) yield last;
}

function contentOf(text: string): { values: Readonly<Record<string, unknown>> } | { flaw: string; raw: string } {
  try {
    const value = parseJson(text);
    return isPlainObject(value) ? { values: value } : { flaw: 'is no JSON object', raw: text };
  } catch (error) {
    return { flaw: `is no JSON: ${error instanceof Error ? error.message : String(error)}`, raw: text };
  }
}

function countNewlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

async function findArray(path: string): Promise<Place> {
  let position = 0;
  let lines = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 64 * 1024 })) {
    const bytes: Buffer = chunk;
    for (const [i, byte] of bytes.entries()) {
      if (byte === 0x5b) return { records: 0, bytes: position + i + 1, lines };
      if (byte === NEWLINE) lines += 1;
      const isMark = position + i < 3 && [0xef, 0xbb, 0xbf].includes(byte);
      if (!isMark && !BLANK.has(byte)) throw new UnreadableFile('the file is no JSON array: it must begin with [');
    }
    position += bytes.length;
  }
  throw new UnreadableFile('the file is empty');
}
