import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { CsvError, type Options, parse } from 'csv-parse';
import { BEGINNING, MAX_RECORD_BYTES, type Place, type SourceRecord, UnreadableFile } from './source.ts';

export interface CsvOptions {
  readonly delimiter: string;
  readonly encoding: 'utf8' | 'latin1' | 'utf16le';
}

interface Row {
  readonly record: readonly string[];
  readonly info: { readonly bytes: number; readonly lines: number };
}

/** Quotes inside a field are kept as they are: what people type into cells is not always well quoted. */
function optionsOf({ delimiter, encoding }: CsvOptions): Options {
  return {
    delimiter,
    encoding,
    info: true,
    bom: true,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: MAX_RECORD_BYTES,
  };
}

/** The names of the columns, and where the first record begins. @throws UnreadableFile */
export async function readHeader(path: string, options: CsvOptions): Promise<{ columns: string[]; place: Place }> {
  for await (const { record, info } of rows(path, options, BEGINNING)) {
    const columns = record.map((name) => name.trim());
    const doubled = columns.filter((name, i) => name !== '' && columns.indexOf(name) !== i);
    if (doubled.length > 0) throw new UnreadableFile(`the header names ${doubled.join(', ')} twice`);
    if (columns.every((name) => name === '')) throw new UnreadableFile('the first line names no columns');
    return { columns, place: { records: 0, bytes: info.bytes, lines: info.lines } };
  }
  throw new UnreadableFile('the file is empty');
}

/** The records after `from`; one with another number of cells than the header is given as a flaw. */
export async function* readCsv(
  path: string,
  options: CsvOptions,
  columns: readonly string[],
  from: Place,
): AsyncGenerator<SourceRecord> {
  let index = from.records;
  for await (const { record, info } of rows(path, options, from)) {
    const place = { index, line: from.lines + info.lines, endsAt: from.bytes + info.bytes };
    index += 1;
    if (record.length === columns.length || record.slice(columns.length).every((cell) => cell.trim() === '')) {
      yield { ...place, values: valuesOf(columns, record) };
    } else {
      const flaw = `has ${record.length} cells, the header ${columns.length}: is a delimiter not quoted, or a cell missing?`;
      yield { ...place, flaw, raw: csvLine(record) };
    }
  }
}

function valuesOf(columns: readonly string[], record: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [i, column] of columns.entries()) if (column !== '') values[column] = record[i] ?? '';
  return values;
}

async function* rows(path: string, options: CsvOptions, from: Place): AsyncGenerator<Row> {
  const parser = parse(optionsOf(options));
  // Its own failure reaches the reader through the parser.
  pipeline(createReadStream(path, { start: from.bytes, highWaterMark: 256 * 1024 }), parser).catch(() => undefined);
  try {
    for await (const row of parser) yield options.encoding === 'latin1' ? westernOf(row) : row;
  } catch (error) {
    if (error instanceof CsvError) throw new UnreadableFile(explain(error, from), { cause: error });
    throw error;
  } finally {
    parser.destroy();
  }
}

/** What Windows-1252 has where Latin-1 has control characters, from 0x80 on. (Node's own decoder takes the two for one.) */
const WINDOWS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** What calls itself Latin-1 is Windows-1252 as a rule: its curly quotes and euro signs are control characters there. */
function westernOf(row: Row): Row {
  const record = row.record.map((cell) =>
    cell.replace(/[\x80-\x9f]/g, (control) => WINDOWS.charAt(control.charCodeAt(0) - 0x80)),
  );
  return { ...row, record };
}

function explain(error: CsvError, from: Place): string {
  const line = from.lines + Number(error.lines ?? 0);
  if (error.code === 'CSV_MAX_RECORD_SIZE' || error.code === 'CSV_QUOTE_NOT_CLOSED') {
    return `a quote before line ${line} is never closed, so that everything after it would be one cell`;
  }
  return `line ${line}: ${error.message}`;
}

/** One line of CSV, every cell as it came. */
export function csvLine(cells: readonly string[]): string {
  return cells.map((cell) => (/["\r\n,;]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}
