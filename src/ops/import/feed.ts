import type { ImportNotice } from '#domain/import-run.ts';
import { type Notices, RejectedRecord } from './cells.ts';
import { isBlank, type MappedRecord, type RecordMapper, recordHash } from './map-record.ts';
import { createOccurrences } from './occurrences.ts';
import type { RecordFile } from './read/open-file.ts';
import type { Place, SourceRecord } from './read/source.ts';

/** A record on its way into the book, whichever way it was read. */
export interface FeedItem {
  readonly index: number;
  readonly line: number;
  readonly place: Place;
  /** As it came, for those who have to correct it. */
  raw(): string;
  /** What it becomes. @throws RejectedRecord */
  prepare(notices: Notices): PreparedRecord;
}

export interface PreparedRecord extends Omit<MappedRecord, 'key'> {
  /** The idempotency key of each event, in the order of `events`. */
  readonly keys: readonly string[];
}

/** What an import reads from. */
export interface Feed {
  readonly start: Place;
  items(from: Place): AsyncGenerator<FeedItem>;
  /** What is worth knowing before the first record. */
  readonly notices: readonly ImportNotice[];
}

const MAX_KEY = 255;

/** The idempotency key of an event of a record that the older system, or its content, gives a name. */
export function eventKey(mapping: string, record: string, event: string | undefined): string {
  const key = `import:${mapping}:${record}${event === undefined ? '' : `:${event}`}`;
  if (key.length <= MAX_KEY) return key;
  throw RejectedRecord.of('NO_KEY', 'key', `is too long: ${record.length} characters`);
}

/** The records of a file, mapped. Blank lines are left out. */
export function fileFeed(file: RecordFile, mapper: RecordMapper): Feed {
  const { mapping } = mapper;
  return {
    start: file.start,
    notices: missingColumns(file, mapper),
    async *items(from) {
      // Without keys it matters how often a record came before, so that all of them have to be read.
      const occurrences = mapping.key === undefined ? createOccurrences() : undefined;
      const begin = occurrences ? file.start : from;
      for await (const record of file.read(begin.records === 0 ? file.start : begin)) {
        const occurrence = occurrences && 'values' in record ? occurrenceOf(record, occurrences) : undefined;
        if (record.index < from.records) continue;
        if ('values' in record && isBlank(record.values)) continue;
        yield itemOf(record, mapper, occurrence);
      }
    },
  };
}

function occurrenceOf(
  record: { readonly values: Readonly<Record<string, unknown>> },
  before: ReturnType<typeof createOccurrences>,
) {
  const hash = recordHash(record.values);
  const times = before.next(hash);
  return `${hash}:${times + 1}`;
}

function itemOf(record: SourceRecord, mapper: RecordMapper, occurrence: string | undefined): FeedItem {
  const { index, line, endsAt } = record;
  return {
    index,
    line,
    place: { records: index + 1, bytes: endsAt, lines: line },
    raw: () => ('values' in record ? JSON.stringify(record.values) : record.raw),
    prepare(notices) {
      if ('flaw' in record) throw RejectedRecord.of('UNREADABLE', '', record.flaw);
      const { key = occurrence ?? '', ...mapped } = mapper.map(record.values, notices);
      return { ...mapped, keys: mapped.events.map(({ name }) => eventKey(mapper.mapping.name, key, name)) };
    },
  };
}

function missingColumns(file: RecordFile, mapper: RecordMapper): ImportNotice[] {
  if (!file.columns) return [];
  return mapper.missing(file.columns).optional.map((column) => ({
    ...{ kind: 'column missing', column, detail: 'is not in the file: left out', count: 1, lines: [] },
  }));
}
