import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import type { ImportMapping } from '#domain/import-mapping.ts';
import { type CsvOptions, readCsv, readHeader } from './csv.ts';
import { readJsonArray, readNdjson } from './json-pieces.ts';
import { BEGINNING, type Format, type Place, type SourceRecord, UnreadableFile } from './source.ts';

/** A file of records, opened: what it is, and its records from any place. */
export interface RecordFile {
  readonly path: string;
  readonly format: Format;
  readonly bytes: number;
  /** SHA-256 of its content, hex: whether it is still the same file. */
  readonly fingerprint: string;
  /** Names of the columns; undefined for JSON. */
  readonly columns: readonly string[] | undefined;
  readonly delimiter: string | undefined;
  readonly start: Place;
  read(from: Place): AsyncGenerator<SourceRecord>;
}

export interface OpenFileOptions {
  readonly mapping: Pick<ImportMapping, 'format' | 'csv'>;
  /** What a person said on top of the mapping. */
  readonly format?: Format | undefined;
  readonly delimiter?: string | undefined;
  readonly encoding?: CsvOptions['encoding'] | undefined;
  /** The name the file had where it came from, for its ending. */
  readonly name?: string;
}

const SAMPLE_BYTES = 64 * 1024;

/** @throws UnreadableFile when it is not there, empty, or of no format known */
export async function openRecordFile(path: string, options: OpenFileOptions): Promise<RecordFile> {
  const sample = await sampleOf(path);
  if (sample.length === 0) throw new UnreadableFile('the file is empty');
  const format = options.format ?? options.mapping.format ?? formatOf(options.name ?? path, sample);
  const { fingerprint, isUtf8 } = await fingerprintOf(path);
  const common = { path, format, bytes: statSync(path).size, fingerprint };
  if (format !== 'csv' && !isUtf8) throw new UnreadableFile('JSON must be UTF-8, and this file is not');
  if (format === 'ndjson') {
    return {
      ...common,
      columns: undefined,
      delimiter: undefined,
      start: BEGINNING,
      read: (from) => readNdjson(path, from),
    };
  }
  if (format === 'json') {
    const read = (from: Place) => readJsonArray(path, from);
    return { ...common, columns: undefined, delimiter: undefined, start: BEGINNING, read };
  }
  const encoding = options.encoding ?? options.mapping.csv?.encoding ?? encodingOf(sample, isUtf8);
  const delimiter = options.delimiter ?? options.mapping.csv?.delimiter ?? delimiterOf(sample.toString(encoding));
  const { columns, place } = await readHeader(path, { encoding, delimiter });
  const read = (from: Place) => readCsv(path, { encoding, delimiter }, columns, from);
  return { ...common, columns, delimiter, start: place, read };
}

async function sampleOf(path: string): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnreadableFile(`${path} cannot be read: ${reason}`, { cause: error });
  }
}

/** The whole file is read for it, so whether all of it is UTF-8 is known too. */
async function fingerprintOf(path: string): Promise<{ fingerprint: string; isUtf8: boolean }> {
  const sum = createHash('sha256');
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let isUtf8 = true;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    sum.update(chunk);
    isUtf8 &&= decodes(decoder, chunk);
  }
  return { fingerprint: sum.digest('hex'), isUtf8: isUtf8 && decodes(decoder) };
}

function decodes(decoder: TextDecoder, chunk?: Buffer): boolean {
  try {
    decoder.decode(chunk, { stream: chunk !== undefined });
    return true;
  } catch {
    return false;
  }
}

const ENDINGS: Readonly<Record<string, Format>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.txt': 'csv',
  '.json': 'json',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
};

/** By what it holds where its ending says nothing, or says JSON of the other kind. */
function formatOf(name: string, sample: Buffer): Format {
  const first = sample
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart()
    .charAt(0);
  const byEnding = ENDINGS[extname(name).toLowerCase()];
  if (byEnding === 'csv' || (byEnding === undefined && first !== '[' && first !== '{')) return 'csv';
  return first === '[' ? 'json' : 'ndjson';
}

/** UTF-16 by its mark, else UTF-8. Of other bytes nobody can tell what they are: a person has to say. */
function encodingOf(sample: Buffer, isUtf8: boolean): CsvOptions['encoding'] {
  if (sample[0] === 0xff && sample[1] === 0xfe) return 'utf16le';
  if (isUtf8) return 'utf8';
  throw new UnreadableFile('the file is not UTF-8: if it is Western (Latin-1, Windows-1252), say encoding latin1');
}

/** The one of , ; tab and | that the header has most often outside of quotes. */
function delimiterOf(text: string): string {
  const header = text.replace(/^\ufeff/, '').split(/\r?\n|\r/, 1)[0] ?? '';
  const bare = header.replaceAll(/"[^"]*"/g, '');
  const counts = [',', ';', '\t', '|'].map((mark) => [mark, bare.split(mark).length - 1] as const);
  const [best] = counts.sort((a, b) => b[1] - a[1]);
  return best && best[1] > 0 ? best[0] : ',';
}
